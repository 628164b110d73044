// Microphones and loudspeakers for a page that lets its user choose, and how
// loud the microphone is. Nothing of the engine; importing it touches nothing.

export interface Device {
  /** '' where the browser hides it until the page may use the microphone. */
  readonly deviceId: string
  /** Its name, '' until the page may use the microphone. */
  readonly label: string
}

export interface Devices {
  readonly microphones: readonly Device[]
  readonly speakers: readonly Device[]
}

/**
 * What is plugged in. Asks for no permission: names and ids are there once the microphone has been allowed. Empty lists
 * where there is no browser, or one without `mediaDevices` (a page that is not served by https).
 */
export async function listDevices(): Promise<Devices> {
  const found = (await mediaDevices()?.enumerateDevices?.()) ?? []
  const of = (kind: MediaDeviceKind) =>
    found.filter((device) => device.kind === kind).map(({ deviceId, label }) => ({ deviceId, label }))
  return { microphones: of('audioinput'), speakers: of('audiooutput') }
}

export interface InputLevelOptions {
  /** The microphone; the system's default without it. */
  readonly deviceId?: string
}

const kEveryMs = 100

/**
 * Opens the microphone and tells how loud it is, ten times a second, 0 (silence) to 1 (as loud as it can be). Returns how to
 * stop, which closes the microphone; it may be called at once, and twice. A microphone that cannot be opened is told to
 * `failed`, once, as the browser's error; without `failed` the level stays 0.
 */
export function inputLevel(
  tell: (level: number) => void,
  options: InputLevelOptions = {},
  failed: (error: unknown) => void = () => {},
): () => void {
  let stopped = false
  let close = () => {}
  const stop = () => {
    stopped = true
    close()
    close = () => {}
  }

  const open = async () => {
    const devices = mediaDevices()
    if (!devices) throw new Error('there is no microphone here: no browser, or a page without https')
    const audio = options.deviceId ? { deviceId: { exact: options.deviceId } } : true
    const stream = await devices.getUserMedia({ audio, video: false })
    const release = () => {
      for (const track of stream.getTracks()) track.stop()
    }
    if (stopped) return release()
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    analyser.fftSize = 512
    context.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      tell(levelOf(samples))
    }, kEveryMs)
    close = () => {
      clearInterval(timer)
      release()
      context.close().catch(() => {})
    }
    // A page may start without sound until somebody has clicked; the context then begins suspended.
    await context.resume()
  }
  open().catch((error: unknown) => {
    if (stopped) return
    stop()
    failed(error)
  })
  return stop
}

/** Root mean square in decibels, from -60 dB (0) to 0 dB (1): even steps to the ear. */
export function levelOf(samples: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index] ?? 0) ** 2
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length))
  return Math.min(1, Math.max(0, 1 + decibels / 60))
}

function mediaDevices(): MediaDevices | undefined {
  return (globalThis as { navigator?: Navigator }).navigator?.mediaDevices
}
