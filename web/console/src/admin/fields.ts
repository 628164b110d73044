// The fields of a queue's form: what each is called, what it means, and between which values it may be. Pure.

import { type SlFormula, slFormulas } from '../acd/items.ts'
import { newQueue, overflows, type QueueSettings, strategies, valueAt } from './settings.ts'

export type Kind = 'seconds' | 'number' | 'toggle' | 'choice' | 'text'

export interface Field {
  /** Dotted where it is inside another. */
  path: string
  label: string
  help: string
  kind: Kind
  min?: number
  max?: number
  unit?: string
  options?: readonly (readonly [value: string, word: string])[]
  /** Shown only while this holds: the field would say nothing otherwise. */
  when?: (queue: QueueSettings) => boolean
}

export interface Group {
  title: string
  fields: readonly Field[]
}

const day = 86_400

const strategyWords: Record<QueueSettings['strategy'], string> = {
  longest_idle: 'Who has been free longest',
  priority: 'Highest priority first, then free longest',
  skills: 'Who fits the wanted skills best',
  round_robin: 'In turn',
  sticky: 'Who spoke with the caller last',
  fewest_calls: 'Who took the fewest calls',
  least_talk: 'Who talked the least',
  random: 'By lot, by each agent’s weight',
  ring_all: 'All at once, the first to answer has it',
  linear: 'Always from the top of the list',
}

const overflowWords: Record<QueueSettings['overflow']['kind'], string> = {
  voicemail: 'Voicemail',
  queue: 'Another queue',
  external: 'A number outside',
  callback: 'A call back later',
  announce: 'An announcement, then the end',
  hangup: 'The end of the call',
}

const targets: Partial<Record<QueueSettings['overflow']['kind'], string>> = {
  queue: 'The other queue’s name',
  external: 'The number to call',
  announce: 'The sound to play',
  voicemail: 'The mailbox; empty: the queue’s own',
}

const seconds = (path: string, label: string, help: string, more: Partial<Field> = {}): Field => ({
  path,
  label,
  help,
  kind: 'seconds',
  min: 0,
  max: day,
  unit: 's',
  ...more,
})

export const groups: readonly Group[] = [
  {
    title: 'Routing',
    fields: [
      { path: 'open', label: 'Open', help: 'A closed queue sends new callers to the overflow.', kind: 'toggle' },
      {
        path: 'mode',
        label: 'Who routes',
        help: 'Offhook offers each call to one agent. Asterisk’s own queue may do so instead; records and reports are the same.',
        kind: 'choice',
        options: [
          ['offhook', 'Offhook'],
          ['asterisk', 'Asterisk (app_queue)'],
        ],
      },
      {
        path: 'strategy',
        label: 'Whom a call goes to',
        help: 'Among those who may take it. Callers are always in the order of their waiting and priority.',
        kind: 'choice',
        options: strategies.map((value) => [value, strategyWords[value]]),
      },
      seconds(
        'sticky_ms',
        'Kept for the same agent',
        'How long a caller waits for the agent who spoke with him last.',
        {
          when: ({ strategy }) => strategy === 'sticky',
        },
      ),
      seconds(
        'ageing_ms',
        'One point of priority is worth',
        'So much waiting. A caller with priority 5 is as if he had come five times this earlier.',
        {
          min: 0.001,
        },
      ),
      {
        path: 'weight',
        label: 'Weight against other queues',
        help: 'An agent of several queues gets the heavier one’s call first.',
        kind: 'number',
        min: -1000,
        max: 1000,
      },
    ],
  },
  {
    title: 'Offering a call',
    fields: [
      seconds('ring_ms', 'Rings for', 'Then the next agent is asked.', { min: 1, max: 300 }),
      {
        path: 'max_attempts',
        label: 'Offers for each call',
        help: 'After so many the call goes to the overflow; 0: no limit.',
        kind: 'number',
        min: 0,
        max: 1000,
      },
      {
        path: 'rona_after',
        label: 'Missed calls until a pause',
        help: 'Who misses so many in a row is set on pause, with the reason RONA; 0: never.',
        kind: 'number',
        min: 0,
        max: 100,
      },
      seconds('rona_ms', 'Short pause after a missed call', 'No offer for so long.'),
      seconds('reject_ms', 'Short pause after a declined call', 'No offer for so long.'),
      seconds('busy_ms', 'Short pause when the phone is busy', 'No offer for so long.'),
      seconds('unreachable_ms', 'Short pause when the phone is not reached', 'No offer for so long.'),
    ],
  },
  {
    title: 'Waiting and overflow',
    fields: [
      seconds('max_wait_ms', 'Longest wait', 'Then the call goes to the overflow, after a ring that is under way.'),
      {
        path: 'max_waiting',
        label: 'Callers who may wait',
        help: 'More go to the overflow; 0: no limit.',
        kind: 'number',
        min: 0,
        max: 100_000,
      },
      {
        path: 'join_empty',
        label: 'Callers may wait while nobody is signed in',
        help: 'If not, they go to the overflow at once.',
        kind: 'toggle',
      },
      {
        path: 'overflow.kind',
        label: 'Overflow leads to',
        help: 'Where a call goes that the queue cannot or may not keep.',
        kind: 'choice',
        options: overflows.map((value) => [value, overflowWords[value]]),
      },
      {
        path: 'overflow.target',
        label: 'Overflow’s target',
        help: 'The other queue’s name, the number, the sound or the mailbox.',
        kind: 'text',
        when: ({ overflow }) => overflow.kind in targets,
      },
      {
        path: 'leave_key',
        label: 'Key to leave',
        help: 'One key, 0 to 9, * or #, that takes a waiting caller to the overflow; empty: none.',
        kind: 'text',
      },
    ],
  },
  {
    title: 'Announcements',
    fields: [
      {
        path: 'announce.position',
        label: 'Say the position',
        help: 'Callers hear how many are before them.',
        kind: 'toggle',
      },
      seconds('announce.every_ms', 'Said every', '', { min: 1, when: ({ announce }) => announce.position }),
      {
        path: 'announce.sounds',
        label: 'Sound',
        help: 'As the PBX knows it.',
        kind: 'text',
        when: ({ announce }) => announce.position,
      },
    ],
  },
  {
    title: 'After the call',
    fields: [
      {
        path: 'wrap_up.mode',
        label: 'Wrap-up',
        help: 'Time for notes after an answered call; nothing unanswered begins one.',
        kind: 'choice',
        options: [
          ['timed', 'Timed, and may be made longer'],
          ['manual', 'Until the agent ends it'],
          ['optional', 'Only if the agent asks for it'],
          ['none', 'None'],
        ],
      },
      seconds('wrap_up.ms', 'Lasts', 'Agents may add 30 s at a time.', {
        min: 1,
        when: ({ wrap_up }) => wrap_up.mode === 'timed',
      }),
      {
        path: 'record',
        label: 'Record calls',
        help: 'From the answer on. Callers must have been told.',
        kind: 'toggle',
      },
    ],
  },
  {
    title: 'Measuring',
    fields: [
      {
        path: 'sl_formula',
        label: 'Service level',
        help: 'Stands beside each number that is worked out by it.',
        kind: 'choice',
        options: slFormulas.map((formula) => [formula, formulaText(formula)]),
      },
      seconds('sl_ms', 'Answered in time means within', '', { min: 1 }),
      seconds(
        'short_abandon_ms',
        'Early abandoned means before',
        'Such calls are named separately, and left out by SL4.',
      ),
    ],
  },
]

function formulaText(formula: SlFormula): string {
  const words: Record<SlFormula, string> = {
    SL1: 'in time ÷ offered',
    SL2: 'in time ÷ answered',
    SL3: 'in time ÷ (answered + abandoned)',
    SL4: 'in time ÷ (offered − early abandoned)',
    SL5: 'in time ÷ (offered − abandoned in time)',
    SL6: '(in time + abandoned in time) ÷ (answered + abandoned)',
  }
  return `${formula}: ${words[formula]}`
}

/** The default of a field in words, for the hint beside it. */
export function defaultText(field: Field): string {
  const value = valueAt(newQueue, field.path)
  if (field.kind === 'toggle') return value === true ? 'yes' : 'no'
  if (field.kind === 'seconds') return `${Number(value) / 1000} s`
  if (field.kind === 'choice') return field.options?.find(([option]) => option === value)?.[1] ?? String(value)
  return value === '' ? 'empty' : String(value)
}
