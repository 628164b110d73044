// Numbers and times as the console writes them: fixed formats, so that nothing jumps.

const two = (value: number) => String(value).padStart(2, '0')

/** `mm:ss`, from one hour on `h:mm:ss`; a dash when it does not apply. */
export function clock(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–'
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** The same span for a screen reader: "4 minutes 12 seconds". */
export function spoken(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts: string[] = []
  const add = (value: number, unit: string) => {
    if (value > 0) parts.push(`${value} ${unit}${value === 1 ? '' : 's'}`)
  }
  add(Math.floor(seconds / 3600), 'hour')
  add(Math.floor((seconds % 3600) / 60), 'minute')
  if (seconds < 3600) add(seconds % 60, 'second')
  return parts.join(' ') || '0 seconds'
}

/** How wrong this computer's clock is: "10 minutes slow". `skewMs`: the server's time less ours. */
export function clockError(skewMs: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(skewMs) / 60_000))
  return `${spoken(minutes * 60_000)} ${skewMs > 0 ? 'slow' : 'fast'}`
}

/** Time of day, `14:27` or with seconds `14:27:55`, in the reader's zone. */
export function timeOfDay(at: number | null, seconds = false): string {
  if (at === null || at === 0) return '–'
  const date = new Date(at)
  const short = `${two(date.getHours())}:${two(date.getMinutes())}`
  return seconds ? `${short}:${two(date.getSeconds())}` : short
}

/** A UK number in its usual groups; any other one as it came. */
export function phoneNumber(number: string): string {
  const uk = /^\+44(\d{10})$/.exec(number)?.[1]
  if (uk === undefined) return number === '' ? 'Number withheld' : number
  if (uk.startsWith('2')) return `+44 ${uk.slice(0, 2)} ${uk.slice(2, 6)} ${uk.slice(6)}`
  if (uk.startsWith('7')) return `+44 ${uk.slice(0, 4)} ${uk.slice(4)}`
  return `+44 ${uk.slice(0, 3)} ${uk.slice(3, 6)} ${uk.slice(6)}`
}

export function initials(name: string): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word))
  const first = words[0]?.[0] ?? ''
  const last = words.length > 1 ? (words[words.length - 1]?.[0] ?? '') : ''
  return `${first}${last}`.toUpperCase()
}

/** "one thing" with the right ending: `count(2, 'call')` is "2 calls". */
export const count = (value: number, noun: string) => `${value} ${noun}${value === 1 ? '' : 's'}`
