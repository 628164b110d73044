// The glyphs of the console, drawn on a 24 px grid in the current colour. A
// glyph is decoration unless it is given a label.

import type { ReactNode } from 'react'

const shapes = {
  alert: <path d="M12 3 2 20h20zM12 10v4M12 17.200h.01" />,
  barge: (
    <>
      <circle cx="12" cy="7" r="3" />
      <circle cx="5.5" cy="17" r="2.5" />
      <circle cx="18.5" cy="17" r="2.5" />
      <path d="M10.5 9.8 7 14.800M13.5 9.800l3.5 5M8 17h8" />
    </>
  ),
  book: (
    <path d="M12 6C10 4.5 6.5 4 3 4.500V19c3.5-.5 7 0 9 1.5 2-1.5 5.5-2 9-1.500V4.500C17.5 4 14 4.5 12 6zm0 0v14.5" />
  ),
  check: <path d="m5 12.5 4.5 4.500L19 7.5" />,
  chev: <path d="m6 9 6 6 6-6" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 7v5l3 2" />
    </>
  ),
  coffee: <path d="M4 9h13v6a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5zM17 10h1.500a2.5 2.5 0 0 1 0 5H17M8 3v2M12 3v2" />,
  crown: <path d="M3 7l4.5 4L12 4l4.5 7L21 7l-2 12H5z" />,
  ear: (
    <path d="M7 9a5.5 5.5 0 0 1 11 0c0 4-3.5 4.5-3.5 8a3.5 3.5 0 0 1-6.5 1.700M10 9.500a2.3 2.3 0 0 1 4.6 0c0 1.8-1.6 2-2.1 3.5" />
  ),
  download: <path d="M12 3v12M7 10.500l5 5 5-5M4 21h16" />,
  first: <path d="M6 5v14M19 5.500v13L10 12z" />,
  file: <path d="M6 3h8l5 5v13H6zM14 3v5h5" />,
  free: <circle cx="12" cy="12" r="8" fill="currentColor" />,
  hangup: (
    <path d="M3.2 15.6c-1.2-1.2-1.2-3.1 0-4.3 4.9-4.4 12.7-4.4 17.6 0 1.2 1.2 1.2 3.1 0 4.3l-.9.9a1.6 1.6 0 0 1-2 .2l-2.3-1.500a1.6 1.6 0 0 1-.7-1.600l.3-1.700a9.8 9.8 0 0 0-6.4 0l.3 1.700a1.6 1.6 0 0 1-.7 1.600l-2.3 1.500a1.6 1.6 0 0 1-2-.2z" />
  ),
  help: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9.3 9.300a2.8 2.8 0 0 1 5.4 1c0 1.8-2.7 2.2-2.7 3.700M12 17h.01" />
    </>
  ),
  in: <path d="M17 7 7 17M16 17H7V8" />,
  inbox: <path d="M3 13h5l1.5 3h5L16 13h5M5.5 5h13L21 13v6H3v-6z" />,
  info: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 11v5M12 8h.01" />
    </>
  ),
  keypad: (
    <path d="M5 5h.01M12 5h.01M19 5h.01M5 12h.01M12 12h.01M19 12h.01M5 19h.01M12 19h.01M19 19h.01" strokeWidth="3.2" />
  ),
  last: <path d="M18 5v14M5 5.500v13l9-6.500z" />,
  left: <path d="m15 6-6 6 6 6" />,
  list: <path d="M9 6h12M9 12h12M9 18h12M4 6h.01M4 12h.01M4 18h.01" />,
  mic: (
    <>
      <rect x="9" y="2" width="6" height="12" rx="3" />
      <path d="M19 11a7 7 0 0 1-14 0M12 18v4" />
    </>
  ),
  'mic-off': (
    <path d="m2 2 20 20M15 9.300V5a3 3 0 0 0-5.7-1.300M9 9v2a3 3 0 0 0 5.1 2.100M19 11a7 7 0 0 1-.8 3.200M16.5 16.500A7 7 0 0 1 5 11M12 18v4" />
  ),
  minus: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M8 12h8" />
    </>
  ),
  missed: <path d="m22 7-7 7-9-9M6 11V5h6" />,
  more: <path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3.2" />,
  no: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9 9l6 6M15 9l-6 6" />
    </>
  ),
  ok: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="m8 12.3 2.7 2.700L16 9.5" />
    </>
  ),
  out: <path d="M7 17 17 7M8 7h9v9" />,
  pause: <path d="M8 5v14M16 5v14" strokeWidth="3" />,
  pen: <path d="M4 20l1-4.500L16.5 4a2.1 2.1 0 0 1 3 0l.5.5a2.1 2.1 0 0 1 0 3L8.5 19z" />,
  phone: (
    <path d="M22 16.9v3a2 2 0 0 1-2.2 2 19.8 19.8 0 0 1-8.6-3.1 19.5 19.5 0 0 1-6-6A19.8 19.8 0 0 1 2.1 4.2 2 2 0 0 1 4.1 2h3a2 2 0 0 1 2 1.7c.1 1 .4 1.9.7 2.8a2 2 0 0 1-.5 2.1L8.1 9.9a16 16 0 0 0 6 6l1.3-1.3a2 2 0 0 1 2.1-.4c.9.3 1.8.6 2.8.7a2 2 0 0 1 1.7 2z" />
  ),
  'phone-off': (
    <path d="M10.7 13.3a16 16 0 0 0 3.4 2.6l1.3-1.3a2 2 0 0 1 2.1-.4c.9.3 1.8.6 2.8.7a2 2 0 0 1 1.7 2v3a2 2 0 0 1-2.2 2 19.8 19.8 0 0 1-8.6-3.1 19.4 19.4 0 0 1-3.3-2.7M5.2 12.8a19.8 19.8 0 0 1-3.1-8.6A2 2 0 0 1 4.1 2h3a2 2 0 0 1 2 1.7c.1 1 .4 1.9.7 2.8a2 2 0 0 1-.5 2.1L8.1 9.9M22 2 2 22" />
  ),
  play: <path d="M7 4.500v15l12-7.500z" />,
  plus: <path d="M12 5v14M5 12h14" />,
  power: <path d="M12 3v9M6.3 7a8 8 0 1 0 11.4 0" />,
  rec: (
    <>
      <circle cx="12" cy="12" r="4" fill="currentColor" />
      <circle cx="12" cy="12" r="9" />
    </>
  ),
  right: <path d="m9 6 6 6-6 6" />,
  ringing: (
    <path d="M6 9a6 6 0 0 1 12 0c0 6 2.5 7 2.5 8h-17c0-1 2.5-2 2.5-8M10 21h4M2.5 8a9 9 0 0 1 2-4.500M21.5 8a9 9 0 0 0-2-4.5" />
  ),
  search: (
    <>
      <circle cx="11" cy="11" r="7" />
      <path d="m20.5 20.5-4.5-4.5" />
    </>
  ),
  server: (
    <>
      <rect x="3" y="4" width="18" height="7" rx="2" />
      <rect x="3" y="13" width="18" height="7" rx="2" />
      <path d="M7 7.500h.01M7 16.500h.01" />
    </>
  ),
  signal: <path d="M5 20v-5M12 20V10M19 20V4" strokeWidth="3" />,
  split: <path d="M12 20v-6M12 14 5 5M12 14l7-9M5 10V5h5M14 5h5v5" />,
  stop: <rect x="6" y="6" width="12" height="12" rx="1.5" fill="currentColor" />,
  swap: <path d="M7 4v16M3 8l4-4 4 4M17 20V4M13 16l4 4 4-4" />,
  speaker: <path d="M4 9.500v5h4l5 4.500V5L8 9.500zM16.5 9a4 4 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11" />,
  takeover: <path d="M4 12h12M11 6l6 6-6 6M21 4v16" />,
  transfer: <path d="M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4" />,
  trash: <path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5" />,
  unknown: <circle cx="12" cy="12" r="8" strokeDasharray="3 3.3" />,
  up: <path d="M12 19V6M6 11.5 12 5.500l6 6" />,
  user: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21a8 8 0 0 1 16 0" />
    </>
  ),
  users: (
    <>
      <circle cx="9" cy="8" r="4" />
      <path d="M2 21a7 7 0 0 1 14 0M16 4.200a4 4 0 0 1 0 7.600M18.5 15a7 7 0 0 1 3.5 6" />
    </>
  ),
  whisper: (
    <>
      <path d="M21 12a8.5 8 0 0 1-12.6 7L3 21l1.8-4.800A8 8 0 1 1 21 12z" />
      <path d="M9 12h6" />
    </>
  ),
  wifi: <path d="M2 9a15 15 0 0 1 20 0M5.5 12.600a10 10 0 0 1 13 0M9 16.100a5 5 0 0 1 6 0M12 19.500h.01" />,
  'wifi-off': (
    <path d="m2 2 20 20M9 16.100a5 5 0 0 1 6 0M12 19.500h.01M5.5 12.600a10 10 0 0 1 4.2-2.300M2 9a15 15 0 0 1 4.5-2.900M11 5a15 15 0 0 1 11 4M15.5 10.800a10 10 0 0 1 3 1.8" />
  ),
  x: <path d="M6 6l12 12M18 6 6 18" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof shapes

interface IconProps {
  name: IconName
  /** What the glyph says when no word stands beside it. */
  label?: string
  className?: string
}

export function Icon({ name, label, className }: IconProps) {
  const named = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label }
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: named by aria-label, or hidden
    <svg className={className === undefined ? 'i' : `i ${className}`} viewBox="0 0 24 24" {...named}>
      {shapes[name]}
    </svg>
  )
}

/** The product's mark: a handset off its hook. */
export function Mark() {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M3 9.500C8 4.5 16 4.5 21 9.5" />
      <path d="M3 9.500l2.8 2.800M21 9.500l-2.8 2.8" strokeWidth="4" />
      <path d="M7 19h10" />
    </svg>
  )
}
