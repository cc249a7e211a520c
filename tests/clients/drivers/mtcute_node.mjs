// mtcute in Node: TCP intermediate, or WebSocket with --websocket. Commands on standard input.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'
import { makeDriver } from './mtcute_driver.mjs'

const settings = JSON.parse(process.argv[2])
const require = createRequire(path.join(settings.modules, 'package.json'))
// Up to 0.12 the modules stand in a folder of their own, the utilities in one more.
const load = (name, file) => {
  const at = path.join(settings.modules, 'node_modules', name)
  const places = [path.join(at, 'esm', file), path.join(at, 'esm', file.replace('.js', '/index.js')), path.join(at, file)]
  return import(pathToFileURL(places.find((place) => fs.existsSync(place))).href)
}
const { TelegramClient, MemoryStorage } = await load('@mtcute/node', 'index.js')
const { NodeCryptoProvider } = await load('@mtcute/node', 'utils.js')
const { Long } = await load('@mtcute/core', 'index.js')
const { addPublicKey } = await load('@mtcute/core', 'utils.js')

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
print.bytes = (bytes) => {
  const file = path.join(settings.folder, `mtcute-${process.hrtime.bigint()}`)
  fs.writeFileSync(file, bytes)
  return file
}

async function webSocket() {
  const { connectWs } = await load('@fuman/net', 'index.js')
  const { IntermediatePacketCodec, ObfuscatedPacketCodec } = await load('@mtcute/core', 'index.js')
  const { WebSocket } = require('ws')
  const url = `ws://${settings.host}:${settings.port}/apiws`
  return { connect: () => connectWs({ url, implementation: WebSocket, protocols: 'binary' }), packetCodec: () => new ObfuscatedPacketCodec(new IntermediatePacketCodec()) }
}

async function connect() {
  const crypto = new NodeCryptoProvider()
  await crypto.initialize()
  const dc = { id: 2, ipAddress: settings.host, port: settings.port, testMode: false }
  const client = new TelegramClient({
    apiId: 1, apiHash: 'hoopoe', storage: new MemoryStorage(), crypto, defaultDcs: { main: dc, media: dc }, logLevel: settings.logLevel ?? 1, updates: { catchUp: true },
    ...(settings.websocket && { transport: await webSocket() }),
  })
  addPublicKey(crypto, settings.pem) // older ones know their platform from here on
  return client
}

const mimes = { '.jpg': 'image/jpeg', '.mp4': 'video/mp4', '.ogg': 'audio/ogg', '.mp3': 'audio/mpeg' }
const readFile = async (file) => ({ name: path.basename(file), data: new Uint8Array(fs.readFileSync(file)), mime: mimes[path.extname(file)] ?? 'application/octet-stream' })
const run = await makeDriver({ connect, emit: print, readFile, Long })
print({ ready: true })
for await (const line of readline.createInterface({ input: process.stdin })) void run(JSON.parse(line))
process.exit(0)
