// Small shared parts: running clocks, a button that says why it refuses, banners.

import * as Tooltip from '@radix-ui/react-tooltip'
import { type ButtonHTMLAttributes, type ReactNode, type Ref, useId } from 'react'
import { useElapsed, useSecondsUntil } from '../lib/clock.ts'
import { clock } from '../lib/format.ts'
import { say } from '../lib/live.ts'
import { Icon, type IconName } from './icons.tsx'

/** Time since a moment, running. Not a live region: a screen reader asks for it. */
export function Elapsed({ since, label, className }: { since: number | null; label?: string; className?: string }) {
  const text = useElapsed(since)
  const named = label === undefined ? {} : { role: 'timer', 'aria-label': label }
  return (
    <span className={className === undefined ? 'num' : `num ${className}`} {...named}>
      {text}
    </span>
  )
}

/** Time left until a moment, as `mm:ss`. */
export function Countdown({ until, label, className }: { until: number | null; label: string; className?: string }) {
  const seconds = useSecondsUntil(until)
  return (
    <b className={className === undefined ? 'num' : `num ${className}`} role="timer" aria-label={label}>
      {clock(seconds * 1000)}
    </b>
  )
}

interface ActionProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  /** Why it may not be pressed now; empty when it may. The button stays focusable and says so. */
  refused?: string
  ref?: Ref<HTMLButtonElement>
  children: ReactNode
}

/** A button whose refusal has a reason: shown on hover and focus, said on press. */
export function Action({ refused = '', onClick, children, ...rest }: ActionProps) {
  const id = useId()
  if (refused === '') {
    return (
      <button type="button" onClick={onClick} {...rest}>
        {children}
      </button>
    )
  }
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button type="button" aria-disabled="true" aria-describedby={id} {...rest} onClick={() => say(`${refused}.`)}>
          {children}
          <span className="sr" id={id}>
            {refused}
          </span>
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tip" side="bottom" sideOffset={6} aria-hidden="true">
          {refused}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

interface BannerProps {
  tone: 'bad' | 'warn'
  icon: IconName
  title: ReactNode
  /** The code for support, in mono. */
  code?: string
  inline?: boolean
  children: ReactNode
  actions?: ReactNode
}

/** What happened. What still works. What to do. */
export function Banner({ tone, icon, title, code, inline = false, children, actions }: BannerProps) {
  return (
    <div className={`banner ${tone}${inline ? ' inline' : ''}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <p className="grow">
        <strong>{title}</strong>
        {children} {code !== undefined && <span className="mono">{code}</span>}
      </p>
      {actions}
    </div>
  )
}

export function Panel({
  icon,
  title,
  label,
  className,
  aside,
  children,
}: {
  icon?: IconName
  title: ReactNode
  label?: string
  className?: string
  aside?: ReactNode
  children: ReactNode
}) {
  const id = useId()
  return (
    <section
      className={className === undefined ? 'panel' : `panel ${className}`}
      {...(label === undefined ? { 'aria-labelledby': id } : { 'aria-label': label })}
    >
      <header>
        {icon !== undefined && <Icon name={icon} />}
        <h2 className="grow" id={id}>
          {title}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  )
}

export function Spinner() {
  return <span className="spin" aria-hidden="true" />
}
