// mtcute as a driver: commands come as JSON lines, answers and events leave as JSON lines. The same file serves Node
// (over standard input and output) and browsers (over a page of our own).

import { channelCommands } from './mtcute_channels.mjs'

export async function makeDriver({ connect, emit, readFile, Long }) {
  const client = await connect()
  const peers = new Map()

  const kindOf = (m) => {
    if (m.isService) return 'service'
    const type = m.media?.type
    if (!type) return 'text'
    if (type === 'document') return 'file'
    return type
  }
  const describe = (m) => ({
    id: m.id, text: m.text ?? '', out: m.isOutgoing, kind: kindOf(m), reply_to: m.replyToMessage?.id ?? null,
    forwarded: m.forward !== null && m.forward !== undefined, edited: m.editDate !== null && m.editDate !== undefined,
  })
  // Older ones name events by words.
  const listen = (emitter, name, hear) => { emitter ? emitter.add(hear) : client.on(name, hear) }
  listen(client.onNewMessage, 'new_message', (m) => { if (!m.isOutgoing) emit({ event: 'message', chat: String(m.chat.id), message: describe(m) }) })
  listen(client.onEditMessage, 'edit_message', (m) => emit({ event: 'edit', args: [m.id, m.text] }))
  listen(client.onDeleteMessage, 'delete_message', (u) => emit({ event: 'delete', args: u.messageIds }))

  const peer = (alias) => {
    if (!peers.has(alias)) throw new Error(`no chat ${alias}`)
    return peers.get(alias)
  }

  const commands = {
    async send_code({ phone }) {
      const sent = await client.sendCode({ phone })
      return sent.phoneCodeHash ?? sent.phone_code_hash
    },
    async sign_in({ phone, hash, code, first_name, password }) {
      const named = { phoneNumber: phone.replace(/\D/g, ''), phoneCodeHash: hash }
      let answer
      try {
        answer = await client.call({ _: 'auth.signIn', ...named, phoneCode: code })
      } catch (error) {
        if (error.text !== 'SESSION_PASSWORD_NEEDED') throw error
        await client.checkPassword(password ?? '')
        answer = null
      }
      if (answer?._ === 'auth.authorizationSignUpRequired') answer = await client.call({ _: 'auth.signUp', ...named, firstName: first_name, lastName: '' })
      if (answer) await client.notifyLoggedIn(answer)
      const me = await client.getMe()
      await client.startUpdatesLoop()
      for await (const _ of client.iterDialogs({ limit: 50 })) { /* fills the peer cache */ }
      return me.id
    },
    async meet({ alias, phone }) {
      const result = await client.call({ _: 'contacts.importContacts', contacts: [{ _: 'inputPhoneContact', clientId: 0, phone, firstName: alias, lastName: '' }] })
      const user = result.users[0]
      peers.set(alias, { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash })
    },
    async join({ alias, username }) {
      const chat = await client.joinChat(username)
      peers.set(alias, await client.resolvePeer((chat.chat ?? chat).id ?? username))
    },
    async create_channel({ alias, title, username }) {
      const chat = await client.createChannel({ title, description: 'about' })
      await client.setChatUsername(chat.id, username)
      peers.set(alias, await client.resolvePeer(chat.id))
    },
    async create_group({ alias, title, members }) {
      const made = await client.createGroup({ title, users: members.map(peer) })
      peers.set(alias, await client.resolvePeer((made.chat ?? made).id))
    },
    async adopt_group({ alias, title }) {
      for await (const dialog of client.iterDialogs({ limit: 100 })) {
        if (dialog.peer.title === title || dialog.peer.displayName === title) {
          peers.set(alias, await client.resolvePeer(dialog.peer.id))
          return
        }
      }
      throw new Error(`no dialog ${title}`)
    },
    async send_text({ chat, text, reply_to }) {
      return (await client.sendText(peer(chat), text, reply_to ? { replyTo: reply_to } : {})).id
    },
    async send_file({ chat, path, kind, caption }) {
      const { name, data, mime } = await readFile(path)
      const type = kind === 'file' ? 'document' : kind
      const extra = kind === 'video' ? { duration: 1, width: 160, height: 120, supportsStreaming: true } : kind === 'audio' ? { duration: 1, title: 'tone', performer: 'sine' } : kind === 'voice' ? { duration: 1, waveform: new Uint8Array(4) } : {}
      return (await client.sendMedia(peer(chat), { type, file: data, fileName: name, fileMime: mime, caption, ...extra })).id
    },
    async history({ chat, limit }) {
      const found = []
      for await (const m of client.iterHistory(chat === 'me' ? 'me' : peer(chat), { limit })) found.push(describe(m))
      return found
    },
    async download({ chat, message }) {
      const [found] = await client.getMessages(peer(chat), [message])
      const bytes = await client.downloadAsBuffer(found.media)
      return emit.bytes(bytes)
    },
    async edit({ chat, message, text }) { await client.editMessage({ chatId: peer(chat), message, text }) },
    async delete({ chat, messages }) { await client.deleteMessagesById(peer(chat), messages, { revoke: true }) },
    async forward({ chat, messages, to }) {
      const sent = await client.forwardMessagesById({ fromChatId: peer(chat), messages, toChatId: peer(to) })
      return sent[0].id
    },
    async search({ chat, text }) {
      const found = []
      for await (const m of client.iterSearchMessages({ chatId: peer(chat), query: text, limit: 20 })) found.push(m.id)
      return found
    },
    async unread({ chat }) {
      const found = await client.call({ _: 'messages.getPeerDialogs', peers: [{ _: 'inputDialogPeer', peer: peer(chat) }] })
      return found.dialogs[0].unreadCount
    },
    async read({ chat }) { await client.readHistory(peer(chat)) },
    async set_password({ password }) { await client.enableCloudPassword({ password, hint: '' }) },
    async clear_password({ password }) { await client.removeCloudPassword(password) },
    async other_sessions() {
      const answer = await client.call({ _: 'account.getAuthorizations' })
      return answer.authorizations.filter((a) => !a.current).map((a) => a.hash.toString())
    },
    async end_session({ number }) {
      const Long = (await client.call({ _: 'account.getAuthorizations' })).authorizations.find((a) => a.hash.toString() === number).hash
      await client.call({ _: 'account.resetAuthorization', hash: Long })
    },
    async is_signed_in() {
      try {
        await client.call({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] })
        return true
      } catch (error) {
        if (error.code === 401) return false
        throw error
      }
    },
    async pause() {
      await client.stopUpdatesLoop()
      await (client.disconnect ?? client.close).call(client)
    },
    async resume() {
      await client.connect()
      await client.startUpdatesLoop()
    },
  }

  Object.assign(commands, channelCommands({ client, peers, peer, readFile, Long }))

  return async ({ id, command, args }) => {
    try {
      emit({ id, result: (await commands[command](args)) ?? null })
    } catch (error) {
      emit({ id, error: `${command}: ${error.stack ?? error}` })
    }
  }
}
