// The ring: two tones through WebAudio, 1 s on and 2 s off. Browsers allow sound
// only after a first click or key in the page; until then `ringer.blocked()`.

let context: AudioContext | undefined
let timer: ReturnType<typeof setInterval> | undefined

function unlock() {
  if (typeof AudioContext === 'undefined') return
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume().catch(() => undefined)
}

function burst() {
  const output = context
  if (output === undefined || output.state !== 'running') return
  const gain = output.createGain()
  const start = output.currentTime
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(0.12, start + 0.04)
  gain.gain.setValueAtTime(0.12, start + 0.9)
  gain.gain.linearRampToValueAtTime(0, start + 1)
  gain.connect(output.destination)
  for (const frequency of [440, 480]) {
    const tone = output.createOscillator()
    tone.frequency.value = frequency
    tone.connect(gain)
    tone.start(start)
    tone.stop(start + 1)
  }
}

export const ringer = {
  /** Call from a click or key: unlocks sound for the page. */
  unlock,
  blocked: () => context === undefined || context.state !== 'running',
  start() {
    if (timer !== undefined) return
    burst()
    timer = setInterval(burst, 3000)
  },
  stop() {
    clearInterval(timer)
    timer = undefined
  },
}
