// What SIP.js does not: notices that its WebSocket is dead though it looks open (../wire.ts), and closes a microphone that
// the browser gives after the call was cancelled.

import type { UserAgent, UserAgentOptions } from 'sip.js'
import { accountDomain, attempt, ignore } from '../common.js'
import { closeStream } from '../media/media.js'
import { overhear, watchWire } from '../wire.js'
import { serverOf } from './commands.js'
import type { Core, Sip } from './context.js'

/** SIP.js's own Transport, as far as it is reached into; another one is asked to disconnect. */
interface Transport {
  onMessage?: unknown
  _ws?: WebSocket
  onWebSocketClose?(event: { code: number }, socket: WebSocket): void
  disconnect?(): Promise<void>
}

export interface SipWire {
  connected(): void
  disconnected(): void
  stop(): void
}

export function sipWire(core: Core, agent: UserAgent): SipWire {
  const transport = agent.transport as unknown as Transport | undefined
  if (!transport) return { connected: ignore, disconnected: ignore, stop: ignore }
  const ask = (): boolean => {
    try {
      const from = agent.configuration.uri
      const to = core.sip.UserAgent.makeURI(`sip:${accountDomain(core.context.session.sip, serverOf(core))}`)
      if (!to) return false
      const message = agent.userAgentCore.makeOutgoingRequestMessage('OPTIONS', to, from, to, {})
      agent.userAgentCore.request(message, {})
      return true
    } catch (error) {
      core.context.log('debug', `the wire cannot be asked: ${String(error)}`)
      return false
    }
  }
  const lost = () => {
    core.context.log('warn', 'the PBX answers nothing any more: the connection is given up')
    const socket = transport._ws
    // Closed in order, a dead WebSocket would wait for an answer that does not come: a minute and more.
    if (socket && transport.onWebSocketClose) {
      transport.onWebSocketClose({ code: 1006 }, socket)
      attempt(() => socket.close(), ignore)
    } else attempt(() => transport.disconnect?.(), ignore)
  }
  const watch = watchWire(core.clock, { ask, lost })
  const giveBack = overhear(transport, 'onMessage', watch.heard)
  return {
    connected: watch.start,
    disconnected: watch.stop,
    stop() {
      watch.stop()
      giveBack()
    },
  }
}

/** Media as SIP.js makes it by itself, but for a microphone that comes when the call is over: it is closed at once. */
export function mediaFactory(sip: Sip): Partial<UserAgentOptions> {
  const open = sip.Web?.defaultMediaStreamFactory()
  if (!open) return {}
  return {
    sessionDescriptionHandlerFactory: (session, options) =>
      sip.Web.defaultSessionDescriptionHandlerFactory(async (constraints, handler) => {
        const stream = await open(constraints, handler)
        const { Terminating, Terminated } = sip.SessionState
        if (session.state !== Terminating && session.state !== Terminated) return stream
        closeStream(stream)
        handler.close()
        throw new Error('the call was over before the microphone was open')
      })(session, options),
  }
}
