// What mtcute does with channels: invite links, rights, schedules, polls, comments, statistics. Its own methods where it has one.

export function channelCommands({ client, peers, peer, readFile, Long }) {
  const channel = (alias) => {
    const { channelId, accessHash } = peer(alias)
    return { _: 'inputChannel', channelId, accessHash }
  }
  // A call whose answer holds updates: they are taken in as those that come live.
  const act = async (request) => {
    const answer = await client.call(request)
    client.handleClientUpdate(answer._ === 'messages.chatInviteJoinResultOk' ? answer.updates : answer, true)
    return answer
  }
  const known = (id) => peers.get(id) ?? id
  const chat = (alias) => (peers.has(alias) ? peer(alias) : 'me')
  const messageOf = async (alias, message) => (await client.getMessages(peer(alias), [message]))[0]
  const discussion = (alias, message) => client.call({ _: 'messages.getDiscussionMessage', peer: peer(alias), msgId: message })
  const importers = async (alias, more) => {
    const found = await client.call({ _: 'messages.getChatInviteImporters', peer: peer(alias), offsetDate: 0, offsetUser: { _: 'inputUserEmpty' }, limit: 100, ...more })
    return found.importers.map((one) => one.userId)
  }
  const read = (graph) => JSON.parse(graph.json.data)
  const prefix = 'channelAdminLogEventAction'
  const kinds = { ToggleNoForwards: 'protected', ParticipantJoinByInvite: 'joined by link', ParticipantJoinByRequest: 'joined by request', ExportedInviteRevoke: 'link revoked' }
  const action = ({ action: done }) => {
    const kind = done._.replace(prefix, '')
    if (kind === 'EditMessage') return ['edited', done.prevMessage.message, done.newMessage.message]
    if (kind === 'DeleteMessage') return ['deleted', done.message.message]
    return [kinds[kind] ?? kind]
  }
  const recent = async (alias) => {
    const found = []
    for await (const m of client.iterHistory(peer(alias), { limit: 10 })) found.push(m)
    return found
  }
  const hash = (link) => link.slice(link.lastIndexOf('+') + 1)
  const banned = (on) => ({ _: 'chatBannedRights', viewMessages: on, untilDate: 0 })

  return {
    async create_private({ alias, title }) {
      peers.set(alias, await client.resolvePeer((await client.createChannel({ title, description: 'about' })).id))
    },
    async create_supergroup({ alias, title }) {
      peers.set(alias, await client.resolvePeer((await client.createSupergroup({ title, description: 'about' })).id))
    },
    async make_link({ chat, title, usage_limit, request }) {
      return (await client.call({ _: 'messages.exportChatInvite', peer: peer(chat), title, usageLimit: usage_limit || undefined, requestNeeded: request })).link
    },
    async revoke_link({ chat, link }) { await client.revokeInviteLink(peer(chat), link) },
    async join_link({ alias, link }) {
      const joined = await act({ _: 'messages.importChatInvite', hash: hash(link) })
      const [found] = (joined.updates?.chats ?? joined.chats)
      peers.set(alias, await client.resolvePeer({ _: 'peerChannel', channelId: found.id }))
    },
    async ask_to_join({ link }) {
      try {
        await client.call({ _: 'messages.importChatInvite', hash: hash(link) })
      } catch (error) {
        if (error.text === 'INVITE_REQUEST_SENT') return
        throw error
      }
      throw new Error('no approval was needed')
    },
    async importers({ chat, link }) { return importers(chat, { link }) },
    async join_requests({ chat }) { return importers(chat, { requested: true }) },
    async approve({ chat, user: who }) { await client.hideJoinRequest({ chatId: peer(chat), user: who, action: 'approve' }) },
    async protect({ chat, on }) { await client.toggleContentProtection(peer(chat), on) },
    async give_rights({ chat, user: who, rights }) {
      const names = Object.entries(rights).map(([name, on]) => [name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), on])
      await client.editAdminRights({ chatId: peer(chat), userId: known(who), rights: Object.fromEntries(names) })
    },
    async rename({ chat, title }) { await client.setChatTitle(peer(chat), title) },
    async ban({ chat, user: who, on }) { await act({ _: 'channels.editBanned', channel: channel(chat), participant: peer(who), bannedRights: banned(on) }) },
    async is_in({ chat }) {
      try {
        await client.call({ _: 'channels.getParticipant', channel: channel(chat), participant: { _: 'inputPeerSelf' } })
        return true
      } catch (error) {
        if (error.code) return false
        throw error
      }
    },
    async recent_actions({ chat }) {
      const told = await client.call({ _: 'channels.getAdminLog', channel: channel(chat), q: '', maxId: Long.ZERO, minId: Long.ZERO, limit: 100 })
      return told.events.map(action)
    },
    async view({ chat }) {
      const id = (await recent(chat)).map((m) => m.id)
      await client.call({ _: 'messages.getMessagesViews', peer: peer(chat), id, increment: true })
    },
    async statistics({ chat }) {
      const stats = await client.call({ _: 'stats.getBroadcastStats', channel: channel(chat) })
      const views = await client.call({ _: 'stats.loadAsyncGraph', token: stats.interactionsGraph.token })
      return { followers: stats.followers.current, growth: read(stats.growthGraph), followers_graph: read(stats.followersGraph), views: read(views) }
    },
    async link({ channel: alias, group }) {
      await client.call({ _: 'channels.setDiscussionGroup', broadcast: channel(alias), group: channel(group) })
    },
    async comment({ channel: alias, post, text }) { return (await client.commentText(await messageOf(alias, post), text)).id },
    async comments({ channel: alias, post }) {
      const found = await client.call({ _: 'messages.getReplies', peer: peer(alias), msgId: post, offsetId: 0, offsetDate: 0, addOffset: 0, limit: 20, maxId: 0, minId: 0, hash: Long.ZERO })
      return found.messages.map((m) => m.message)
    },
    async comment_count({ channel: alias, post }) { return (await messageOf(alias, post)).replies.count },
    async unread_comments({ channel: alias, post }) { return (await discussion(alias, post)).unreadCount },
    async read_comments({ channel: alias, post }) {
      const found = await discussion(alias, post)
      const [top] = found.messages
      await client.call({ _: 'messages.readDiscussion', peer: await client.resolvePeer(top.peerId), msgId: top.id, readMaxId: found.maxId })
    },
    async migrate({ alias }) {
      const moved = await act({ _: 'messages.migrateChat', chatId: peer(alias).chatId })
      const group = moved.chats.find((one) => one._ === 'channel')
      peers.set(alias, await client.resolvePeer({ _: 'peerChannel', channelId: group.id }))
    },
    async adopt_supergroup({ alias, title }) {
      for await (const dialog of client.iterDialogs({ limit: 100 })) {
        const found = await client.resolvePeer(dialog.peer.id)
        if (dialog.peer.title === title && found._ === 'inputPeerChannel') return void peers.set(alias, found)
      }
      throw new Error(`no supergroup ${title}`)
    },
    async members({ chat }) {
      let count = 0
      for await (const _ of client.iterChatMembers(peer(chat))) count += 1
      return count
    },
    async schedule_text({ chat: alias, text, at }) { return (await client.sendText(chat(alias), text, { schedule: new Date(at * 1000) })).id },
    async schedule_poll({ chat: alias, question, answers, at }) {
      await client.sendMedia(peer(alias), { type: 'poll', question, answers }, { schedule: new Date(at * 1000) })
    },
    async schedule_file({ chat: alias, path, kind, caption, at }) {
      const { name, data, mime } = await readFile(path)
      const extra = kind === 'voice' ? { duration: 1, waveform: new Uint8Array(4) } : {}
      await client.sendMedia(peer(alias), { type: kind, file: data, fileName: name, fileMime: mime, caption, ...extra }, { schedule: new Date(at * 1000) })
    },
    async scheduled({ chat: alias }) { return (await client.getAllScheduledMessages(chat(alias))).map((m) => m.text) },
    async unschedule_all({ chat: alias }) {
      const found = await client.getAllScheduledMessages(peer(alias))
      await client.deleteScheduledMessages(peer(alias), found.map((m) => m.id))
    },
    async send_poll({ chat: alias, question, answers, anonymous }) {
      return (await client.sendMedia(peer(alias), { type: 'poll', question, answers, public: !anonymous })).id
    },
    async find_poll({ chat: alias, question }) { return (await recent(alias)).find((m) => m.media?.type === 'poll' && m.media.question === question)?.id ?? null },
    async vote({ chat: alias, message, answer }) { await client.sendVote({ chatId: peer(alias), message, options: answer }) },
    async votes({ chat: alias, message }) { return (await messageOf(alias, message)).media.answers.map((one) => one.voters) },
    async voters({ chat: alias, message }) {
      const told = await client.call({ _: 'messages.getPollVotes', peer: peer(alias), id: message, limit: 20 })
      return told.votes.map((one) => one.peer.userId ?? -one.peer.channelId)
    },
    async react({ chat: alias, message, emoji }) { await client.sendReaction({ chatId: peer(alias), message, emoji }) },
    async reactions({ chat: alias, message }) {
      const found = (await messageOf(alias, message)).reactions?.reactions ?? []
      return Object.fromEntries(found.map((one) => [one.emoji, one.count]))
    },
    async posts_with_tag({ tag }) {
      const found = []
      for await (const m of client.iterSearchHashtag(tag, { limit: 20 })) found.push(m.text)
      return found
    },
    async publish({ chat: alias, name }) { await client.setChatUsername(peer(alias), name) },
    async send_as({ chat: alias, whom }) { await client.call({ _: 'messages.saveDefaultSendAs', peer: peer(alias), sendAs: peer(whom) }) },
    async sender({ chat: alias, text }) {
      const { raw } = (await recent(alias)).find((m) => m.text === text)
      const from = raw.fromId ?? raw.peerId
      return from.userId ?? -from.channelId
    },
    async number({ chat: alias }) { return -peer(alias).channelId },
    async sign({ chat: alias, profiles }) { await act({ _: 'channels.toggleSignatures', channel: channel(alias), signaturesEnabled: true, profilesEnabled: profiles }) },
    async signature({ chat: alias, message }) {
      const { raw } = await messageOf(alias, message)
      return [raw.postAuthor ?? '', raw.fromId?.userId ?? 0]
    },
    async readers({ chat: alias, message }) {
      return (await client.call({ _: 'messages.getMessageReadParticipants', peer: peer(alias), msgId: message })).map((one) => one.userId)
    },
    async without_names({ chat: alias }) { await client.call({ _: 'channels.deactivateAllUsernames', channel: channel(alias) }) },
    async order_names({ chat: alias, names }) { await client.call({ _: 'channels.reorderUsernames', channel: channel(alias), order: names }) },
    async use_name({ chat: alias, name, on }) { await client.call({ _: 'channels.toggleUsername', channel: channel(alias), username: name, active: on }) },
  }
}
