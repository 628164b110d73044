// The customer: a bare SIP.js telephone, nothing of ours. Rings until the test says what to do.
import { media } from './media.js'
import { Inviter, Registerer, SessionState, UserAgent } from 'sip.js'

window.media = media
const constraints = { constraints: { audio: true, video: false } }
let agent
let session
let first
let ended = null

function take(next) {
  first = session
  session = next
  ended = null
  next.stateChange.addListener((state) => {
    if (state === SessionState.Terminated) ended ??= { status: 0 }
    if (state === SessionState.Established) play(next)
  })
}

function play({ sessionDescriptionHandler }) {
  const audio = new Audio()
  audio.srcObject = sessionDescriptionHandler.remoteMediaStream
  audio.play().catch(() => {})
}

window.boot = async ({ server, extension, password }) => {
  agent = new UserAgent({
    uri: UserAgent.makeURI(`sip:${extension}@127.0.0.1`),
    authorizationUsername: extension,
    authorizationPassword: password,
    transportOptions: { server },
    logBuiltinEnabled: false,
    sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] } },
    delegate: { onInvite: take },
  })
  await agent.start()
  const registerer = new Registerer(agent)
  await new Promise((resolve, reject) => {
    registerer.stateChange.addListener((state) => state === 'Registered' && resolve())
    registerer.register({ requestDelegate: { onReject: ({ message }) => reject(new Error(`REGISTER: ${message.statusCode}`)) } })
  })
}

window.call = async (number) => {
  const inviter = new Inviter(agent, UserAgent.makeURI(`sip:${number}@127.0.0.1`), {
    sessionDescriptionHandlerOptions: constraints,
  })
  take(inviter)
  await inviter.invite({
    requestDelegate: { onReject: ({ message }) => (ended = { status: message.statusCode }) },
  })
}

window.state = () => ({ state: session?.state ?? null, ended })
window.answer = () => session.accept({ sessionDescriptionHandlerOptions: constraints })
window.refuse = (statusCode) => session.reject({ statusCode })
const end = (one) => {
  if (one.state === SessionState.Established) return one.bye().then(() => {})
  if (one instanceof Inviter) return one.cancel()
  return one.reject()
}
window.hangup = () => end(session)
/** The call before the newest. */
window.hangupFirst = () => end(first)
