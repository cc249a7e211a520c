// mtcute in a browser, over WebSocket. Commands are fetched from the page's own server, events are posted to it.
import { connectWs } from '@fuman/net'
import { IntermediatePacketCodec, MemoryStorage, ObfuscatedPacketCodec } from '@mtcute/core'
import { addPublicKey } from '@mtcute/core/utils.js'
import { TelegramClient, WebCryptoProvider } from '@mtcute/web'
import { makeDriver } from './mtcute_driver.mjs'

const { host, port, pem } = window.settings
let sending = Promise.resolve()
const emit = (line) => { sending = sending.then(() => fetch('/event', { method: 'POST', body: JSON.stringify(line) })) }
emit.bytes = async (bytes) => {
  const key = crypto.randomUUID()
  await fetch(`/bytes/${key}`, { method: 'POST', body: bytes })
  return key
}

async function connect() {
  const provider = new WebCryptoProvider({ wasmInput: '/mtcute.wasm' })
  await provider.initialize()
  addPublicKey(provider, pem)
  const dc = { id: 2, ipAddress: host, port, testMode: false }
  const url = `ws://${host}:${port}/apiws`
  return new TelegramClient({
    apiId: 1, apiHash: 'hoopoe', storage: new MemoryStorage(), crypto: provider, defaultDcs: { main: dc, media: dc }, logLevel: 2, updates: { catchUp: true },
    transport: { connect: () => connectWs({ url, implementation: WebSocket, protocols: 'binary' }), packetCodec: () => new ObfuscatedPacketCodec(new IntermediatePacketCodec()) },
  })
}

const mimes = { jpg: 'image/jpeg', mp4: 'video/mp4', ogg: 'audio/ogg', mp3: 'audio/mpeg' }
const readFile = async (path) => {
  const name = path.split('/').at(-1)
  return { name, data: new Uint8Array(await (await fetch(`/file${path}`)).arrayBuffer()), mime: mimes[name.split('.').at(-1)] ?? 'application/octet-stream' }
}

const run = await makeDriver({ connect, emit, readFile })
emit({ ready: true })
for (;;) {
  const command = await (await fetch('/next')).json()
  if (command) void run(command)
}
