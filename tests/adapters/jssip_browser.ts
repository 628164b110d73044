// What JsSIP wants of a browser, without one: a peer connection that agrees to everything, and a microphone.
import { vi } from 'vitest'

export interface FakeTrack {
  kind: 'audio'
  enabled: boolean
  stopped: boolean
  stop(): void
}

export interface Browser {
  /** Every microphone that was opened. */
  readonly opened: FakeTrack[]
  readonly connections: MemoryConnection[]
  /** The next getUserMedia fails with an error of this name. */
  refusal: string
  /** What getUserMedia waits for. */
  prompt: Promise<void>
  readonly digits: string[]
}

const kSdp =
  'v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\nc=IN IP4 127.0.0.1\r\na=sendrecv\r\n'

export class MemoryConnection extends EventTarget {
  iceConnectionState = 'new'
  connectionState = 'new'
  iceGatheringState = 'complete'
  signalingState = 'stable'
  localDescription: { sdp: string } | null = null
  #senders: { track: FakeTrack; dtmf: object; replaceTrack(track: FakeTrack): Promise<void> }[] = []
  constructor(readonly browser: Browser) {
    super()
    browser.connections.push(this)
  }
  addTrack(track: FakeTrack) {
    const { digits } = this.browser
    const sender = {
      track,
      dtmf: { canInsertDTMF: true, toneBuffer: '', insertDTMF: (tones: string) => void digits.push(tones) },
      async replaceTrack(next: FakeTrack) {
        sender.track = next
      },
    }
    this.#senders.push(sender)
  }
  getSenders = () => this.#senders
  getReceivers = () => [{ track: { kind: 'audio' } }]
  createOffer = async () => ({ type: 'offer', sdp: kSdp })
  createAnswer = async () => ({ type: 'answer', sdp: kSdp })
  async setLocalDescription(description: { type: string; sdp?: string }) {
    if (description.type === 'rollback') this.signalingState = 'stable'
    else {
      this.localDescription = { sdp: description.sdp ?? '' }
      this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable'
    }
  }
  async setRemoteDescription(description: { type: string }) {
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable'
  }
  close() {
    this.signalingState = 'closed'
  }
  fail() {
    this.iceConnectionState = 'failed'
    this.dispatchEvent(new Event('iceconnectionstatechange'))
  }
}

export function fakeTrack(): FakeTrack {
  return {
    kind: 'audio',
    enabled: true,
    stopped: false,
    stop() {
      this.stopped = true
    },
  }
}

export function stubBrowser(): Browser {
  const browser: Browser = { opened: [], connections: [], refusal: '', prompt: Promise.resolve(), digits: [] }
  class Connection extends MemoryConnection {
    constructor() {
      super(browser)
    }
  }
  vi.stubGlobal('window', { RTCPeerConnection: Connection })
  vi.stubGlobal('RTCPeerConnection', Connection)
  vi.stubGlobal(
    'RTCSessionDescription',
    class {
      constructor(init: object) {
        Object.assign(this, init)
      }
    },
  )
  vi.stubGlobal('navigator', {
    mediaDevices: {
      async getUserMedia() {
        await browser.prompt
        if (browser.refusal) throw Object.assign(new Error('no'), { name: browser.refusal })
        const track = fakeTrack()
        browser.opened.push(track)
        return { getTracks: () => [track], getAudioTracks: () => [track], getVideoTracks: () => [] }
      },
      enumerateDevices: async () => [{ kind: 'audioinput', deviceId: 'a', label: '' }],
    },
  })
  return browser
}
