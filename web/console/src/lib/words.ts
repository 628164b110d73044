// The words of the console for the words of the engine. Every refusal has a
// reason here, every notice says what happened, what still works, what to do.

import type { IconName } from '../ui/icons.tsx'
import { clockError } from './format.ts'
import type { AgentStatus, Call, CallLog, State, Verdict } from './types.ts'

export interface StatusWord {
  word: string
  icon: IconName
  tone: '' | 'free' | 'busy' | 'ring'
  note: string
}

export const statusWords: Record<AgentStatus, StatusWord> = {
  ONLINE: { word: 'Available', icon: 'free', tone: 'free', note: 'Queue calls are offered' },
  PAUSE: { word: 'Pause', icon: 'pause', tone: '', note: 'No queue calls' },
  BREAK: { word: 'Break', icon: 'coffee', tone: '', note: 'No queue calls' },
  TRAINING: { word: 'Training', icon: 'book', tone: '', note: 'No queue calls' },
  MEETING: { word: 'Meeting', icon: 'users', tone: '', note: 'No queue calls' },
  DO_NOT_DISTURB: { word: 'Do not disturb', icon: 'minus', tone: '', note: 'Direct calls still ring' },
  OFFLINE: { word: 'Offline', icon: 'power', tone: '', note: 'Signs you out of all queues' },
  WRAP_UP: { word: 'Wrap-up', icon: 'pen', tone: '', note: 'Set by your calls' },
  ON_CALL: { word: 'On call', icon: 'phone', tone: 'busy', note: 'Set by your calls' },
}

/** In the order of the menu; the last two are shown, never chosen. */
export const selectable: readonly AgentStatus[] = [
  'ONLINE',
  'PAUSE',
  'BREAK',
  'TRAINING',
  'MEETING',
  'DO_NOT_DISTURB',
  'OFFLINE',
]
export const derived: readonly AgentStatus[] = ['ON_CALL', 'WRAP_UP']

const reasons: Record<Exclude<Verdict['reason'], 'ok'>, string> = {
  not_ready: 'The phone is still starting',
  not_registered: 'The phone is not registered with the PBX',
  no_such_call: 'There is no call',
  not_ringing: 'Nothing rings',
  not_connected: 'Only once the call is connected',
  already_ending: 'The call is ending',
  pending: 'The last request is still on its way',
  too_many_calls: 'No more calls fit on this phone',
  bad_number: 'That is not a number this phone can call',
  bad_digits: 'Only 0 to 9, * and # can be sent',
  bad_status: 'That status cannot be chosen',
  no_draft: 'These notes are already saved',
  backend_refused: 'The CRM did not accept it',
  backend_unreachable: 'The CRM did not answer',
  softphone_refused: 'The softphone refused it',
  call_ended: 'The call is over',
  not_in_wrap_up: 'There is no wrap-up',
  disposed: 'The phone was closed',
  transfer_pending: 'A transfer is under way',
  superseded: 'Something newer was asked for',
  target_unavailable: 'That colleague does not take calls now',
  not_supported: 'This phone and this PBX cannot do that',
  no_consult: 'Nobody is being consulted',
  consult_not_ready: 'The colleague has not answered yet',
  no_other_call: 'There is no second call',
  no_conference: 'There is no conference',
  already_so: 'It is so already',
  not_recording: 'The call is not being recorded',
  not_timed: 'This wrap-up has no time limit',
  no_next_status: 'No next status is set',
  nothing_unsent: 'Everything is in the CRM',
  nothing_rejected: 'The CRM has refused nothing',
  no_notice: 'There is no message to dismiss',
  not_leader: 'The tab that runs the phone does not answer',
  recovering: 'The call is being looked for after a reload',
  bad_seconds: 'Wrap-up cannot be extended by that',
  in_call: 'A call is on in the other tab: end it first',
  not_kept: 'The other tab holds something that is not saved yet',
}

/** Why not, in words; empty when it is allowed. Also takes the codes of `PhoneError`. */
export function reasonText(reason: string): string {
  if (reason === 'ok' || reason === '') return ''
  return reason in reasons ? reasons[reason as keyof typeof reasons] : `It did not work (${reason})`
}

export const whyNot = (verdict: Verdict) => (verdict.ok ? '' : reasonText(verdict.reason))

const ends: Record<Exclude<Call['endReason'], 'none'>, string> = {
  agent_hangup: 'You hung up',
  remote_hangup: 'The other side hung up',
  transferred: 'Transferred',
  lost: 'The connection was lost',
  caller_cancel: 'The caller gave up',
  timeout: 'Nobody answered in time',
  answered_elsewhere: 'Answered on another phone',
  rejected: 'Declined',
  busy: 'The line is busy',
  no_answer: 'No answer',
  cancelled: 'You cancelled',
  failed: 'The call did not go through',
}

export const endText = (reason: Call['endReason']) => (reason === 'none' ? 'The call is over' : ends[reason])

/** One word for a row of recent calls. */
export function logText(log: Pick<CallLog, 'status' | 'end_reason' | 'type'>): string {
  switch (log.status) {
    case 'ringing':
      return log.type === 'inbound' ? 'ringing' : 'calling'
    case 'talking':
      return 'talking'
    case 'answered':
      return log.end_reason === 'transferred' ? 'answered, transferred' : 'answered'
    case 'missed':
      if (log.end_reason === 'answered_elsewhere') return 'answered elsewhere'
      return log.end_reason === 'rejected' ? 'declined' : 'missed'
    case 'no_answered':
      if (log.end_reason === 'busy') return 'busy'
      if (log.end_reason === 'cancelled') return 'cancelled'
      return log.end_reason === 'failed' ? 'did not go through' : 'no answer'
    default:
      return log.status satisfies never
  }
}

/** After "You are still": Available, but on Break. */
function stillWord(status: AgentStatus): string {
  const { word } = statusWords[status]
  if (status === 'ONLINE' || status === 'OFFLINE') return word
  return status === 'ON_CALL' ? 'on a call' : `on ${word}`
}

export interface NoticeWords {
  title: string
  text: string
}

export interface NoticeContext {
  /** The other side's first name, or "the caller". */
  who: string
  held: boolean
  status: AgentStatus
  /** A transfer that failed while the colleague is still there. */
  bothKept?: boolean
  /** The colleague who was asked. */
  whom?: string
}

function statusNamed(text: string | null): string {
  return text !== null && text in statusWords ? `“${statusWords[text as AgentStatus].word}”` : 'The status'
}

export function noticeWords(
  notice: State['notice'],
  { who, held, status, bothKept = false, whom = '' }: NoticeContext,
): NoticeWords | null {
  const capital = who.charAt(0).toUpperCase() + who.slice(1)
  switch (notice.code) {
    case 'none':
      return null
    case 'status_not_saved':
      return {
        title: `${statusNamed(notice.text)} was not saved. You are still ${stillWord(status)}.`,
        text: 'The CRM did not take it. Choose it again; if it fails twice, tell your supervisor.',
      }
    case 'pause_not_synced':
      return {
        title: 'The PBX did not take the pause.',
        text: 'Your status in the CRM stands, but queue calls may still ring. Choose the status again, or tell your supervisor.',
      }
    case 'hold_failed':
      return held
        ? {
            title: `Resume did not work. ${capital} is still on hold.`,
            text: 'The call goes on. Wait 2 s and press Hold again.',
          }
        : {
            title: `Hold did not work. ${capital} can still hear you.`,
            text: 'The call goes on. Wait 2 s and press Hold again, or mute yourself.',
          }
    case 'mute_failed':
      return {
        title: 'Mute did not change.',
        text: 'The call goes on as it was. Press Mute again; what the button shows is what is so.',
      }
    case 'dtmf_failed':
      return { title: 'The digits were not sent.', text: 'The call goes on. Type them again.' }
    case 'call_failed':
      return { title: 'The call did not go through.', text: 'Check the number, then call again.' }
    case 'log_not_saved':
      return {
        title: 'The CRM did not accept a call record.',
        text: 'It is kept here, with your notes. Press Retry beside the call; if it fails again, tell your supervisor.',
      }
    case 'registration_failed':
      return {
        title: 'The phone could not register with the PBX.',
        text: 'No calls ring here until it does. It tries again by itself; if it lasts, tell your supervisor.',
      }
    case 'transfer_failed':
      if (bothKept)
        return {
          title: 'The transfer did not work. You keep both calls.',
          text: 'Press Complete again, swap, or go back to the customer.',
        }
      return {
        title: `The transfer did not work. You are back with ${who}.`,
        text: 'The call goes on. Try again, or choose somebody else.',
      }
    case 'transfer_unchecked':
      return {
        title: 'Nobody can tell whether somebody is there.',
        text: 'Presence is known for colleagues only, not for queues and outside numbers. The transfer goes on.',
      }
    case 'consult_failed':
      return {
        title: `${whom || 'The colleague'} could not be reached. You are back with ${who}.`,
        text: 'The call goes on. Try somebody else, or transfer without asking.',
      }
    case 'conference_failed':
      return {
        title: 'The calls could not be joined.',
        text: 'Both go on as they were. Try once more, or swap between them.',
      }
    case 'recording_failed':
      return {
        title: 'The recording did not change.',
        text: 'What the button shows is what is so. Try again; if it fails twice, tell your supervisor.',
      }
    case 'storage_failed':
      return {
        title: 'This browser does not keep anything.',
        text: 'Notes and unsent call records would be lost with this tab. Free some disk space, or leave private browsing.',
      }
    case 'softphone_failed':
      return {
        title: 'The telephone in this page could not start.',
        text: 'Reload the page. If it stays so, tell your supervisor what stands here.',
      }
    case 'quality_poor':
      return {
        title: `The line to ${who} is bad.`,
        text: 'Move closer to the router, use a cable, or stop other downloads.',
      }
    case 'microphone_denied':
      if (notice.text === 'missing')
        return { title: 'This computer has no microphone.', text: 'Plug one in, then call or answer again.' }
      return {
        title: 'The browser does not let this page use the microphone.',
        text: 'Click the icon beside the address, allow the microphone, then call or answer again.',
      }
    case 'call_recovered':
      return { title: `You are still connected with ${who}.`, text: 'The page was loaded anew; the call goes on.' }
    case 'call_lost':
      return {
        title: `The call with ${who} was lost.`,
        text: 'Its record is kept with the time it lasted. Call back if it was not finished.',
      }
    case 'clock_wrong':
      return {
        title: `The clock of this computer is ${clockError(Number(notice.text) * 1000)}.`,
        text: 'Records get the server’s time. Set the clock to automatic to make the times here right.',
      }
    case 'tab_frozen':
      return {
        title: 'This tab stood still for a while.',
        text: 'The browser or the computer slept. Connections and calls have been checked again.',
      }
    default:
      return notice.code satisfies never
  }
}

export const registrationWords: Record<State['registration']['state'], { word: string; tone: 'ok' | 'warn' | 'bad' }> =
  {
    Idle: { word: 'Phone not started', tone: 'warn' },
    Registering: { word: 'Phone registering', tone: 'warn' },
    Registered: { word: 'Phone registered', tone: 'ok' },
    Unregistered: { word: 'Phone not registered', tone: 'bad' },
    Failed: { word: 'Phone not registered', tone: 'bad' },
  }

/** How a delivery is shown: in the CRM, on its way, not accepted, or given up. */
export function deliveryMark(delivery: CallLog['delivery']): 'saved' | 'waiting' | 'rejected' | 'discarded' {
  if (delivery === 'Saved') return 'saved'
  if (delivery === 'Discarded') return 'discarded'
  return delivery === 'Rejected' ? 'rejected' : 'waiting'
}
