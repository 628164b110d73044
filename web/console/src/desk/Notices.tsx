// Banners: what the phone has to say, what was refused, and the link to the
// server. They stay until solved or dismissed.

import { useElapsed, useSecondsUntil } from '../lib/clock.ts'
import { phoneNumber } from '../lib/format.ts'
import { usePart, usePhone } from '../lib/phone.ts'
import { dismissProblem, run, useProblems } from '../lib/problems.ts'
import type { Call, State } from '../lib/types.ts'
import { noticeWords } from '../lib/words.ts'
import { Banner } from '../ui/parts.tsx'
import { alive, firstName, useColleagueName } from './names.ts'
import { useLinkLost } from './useLinkLost.ts'

/** Notices that stand inside the call they are about. */
const ofCall: readonly State['notice']['code'][] = [
  'hold_failed',
  'mute_failed',
  'dtmf_failed',
  'transfer_failed',
  'transfer_unchecked',
  'consult_failed',
  'conference_failed',
  'recording_failed',
  'quality_poor',
]

/** Worth knowing, and nothing that failed. */
const mild: readonly State['notice']['code'][] = [
  'transfer_unchecked',
  'quality_poor',
  'clock_wrong',
  'tab_frozen',
  'call_recovered',
]
const toneOf = (code: State['notice']['code']) => (mild.includes(code) ? 'warn' : 'bad')

export function Banners() {
  return (
    <div className="banners">
      <LinkBanner />
      <PhoneBanner />
      <NoticeBanner />
      <ProblemBanners />
    </div>
  )
}

function LinkBanner() {
  const phone = usePhone()
  const lostSince = useLinkLost()
  const age = useElapsed(lostSince)
  const inCall = usePart((state) => Object.values(state.calls).some(alive))
  const retryAt = usePart((state) => state.connection.retryAt)
  const pending = usePart((state) => state.outbox.pending)
  const seconds = useSecondsUntil(retryAt)
  if (lostSince === null) return null
  return (
    <Banner
      tone="bad"
      icon="wifi-off"
      title={
        <>
          No connection to the server for{' '}
          <span className="num" aria-live="off">
            {age}
          </span>
          . {inCall ? 'Your call goes on.' : 'Your phone still rings.'}
        </>
      }
      actions={
        pending > 0 && (
          <button
            type="button"
            className="btn"
            onClick={() => void run(phone, 'Nothing was sent.', phone.retryOutbox())}
          >
            Send now
          </button>
        )
      }
    >
      Answer, hang up, hold and mute work. Status and saving wait; nothing is lost.{' '}
      <span aria-live="off">{seconds > 0 ? `Trying again in ${seconds} s.` : 'Trying again now.'}</span>
    </Banner>
  )
}

function PhoneBanner() {
  const phase = usePart((state) => state.phase)
  const reason = usePart(({ notice, registration }) =>
    notice.code === 'softphone_failed' ? notice.text : registration.reason,
  )
  if (phase !== 'failed') return null
  return (
    <Banner
      tone="bad"
      icon="phone-off"
      title="The softphone did not start."
      {...(reason === null ? {} : { code: reason })}
      actions={
        <button type="button" className="btn" onClick={() => location.reload()}>
          Reload
        </button>
      }
    >
      Status and call records work; calls do not. Reload this page; if it fails again, tell your supervisor what stands
      here.
    </Banner>
  )
}

function NoticeBanner() {
  const phone = usePhone()
  const notice = usePart((state) => state.notice)
  const status = usePart((state) => state.agent.status)
  const call = usePart((state) => (notice.callId === null ? undefined : state.calls[notice.callId]))
  const failed = usePart((state) => state.phase === 'failed')
  const inCard = ofCall.includes(notice.code) && call !== undefined
  const words = noticeWords(notice, { who: firstName(call), held: call?.hold === 'On', status })
  // The banner of a softphone that did not start says it already.
  const said = failed && notice.code === 'softphone_failed'
  // Sent again meanwhile, or given up: nothing is left to do.
  const solved = usePart((state) => state.outbox.rejected === 0) && notice.code === 'log_not_saved'
  if (words === null || inCard || said || solved) return null
  return (
    <Banner
      tone={toneOf(notice.code)}
      icon="alert"
      title={words.title}
      code={codeOf(notice)}
      actions={
        <button type="button" className="btn" onClick={() => void phone.dismissNotice().catch(() => undefined)}>
          Dismiss
        </button>
      }
    >
      {words.text}
    </Banner>
  )
}

/** Inside the call's card, so that it is beside the button it is about. */
export function CallNotice({ call, bothKept = false }: { call: Call; bothKept?: boolean }) {
  const phone = usePhone()
  const notice = usePart((state) => state.notice)
  const status = usePart((state) => state.agent.status)
  const target = usePart((state) => state.consult.target)
  const whom = useColleagueName(target ?? '') || phoneNumber(target ?? '')
  const asking = usePart((state) => state.consult.state === 'Consulting')
  // Once he has answered, or the transfer is over, it is known who is there.
  const unchecked = asking || call.transfer === 'Requested' || call.transfer === 'Accepted'
  if (notice.callId !== call.id || !ofCall.includes(notice.code)) return null
  if (notice.code === 'transfer_unchecked' && !unchecked) return null
  const words = noticeWords(notice, { who: firstName(call), held: call.hold === 'On', status, bothKept, whom })
  if (words === null) return null
  return (
    <Banner
      tone={toneOf(notice.code)}
      icon={notice.code === 'quality_poor' ? 'signal' : 'alert'}
      inline
      title={words.title}
      code={codeOf(notice)}
      actions={
        <button type="button" className="btn" onClick={() => void phone.dismissNotice().catch(() => undefined)}>
          Dismiss
        </button>
      }
    >
      {words.text}
    </Banner>
  )
}

const codeOf = (notice: State['notice']) =>
  notice.text === null || notice.code === 'status_not_saved' ? notice.code : `${notice.code}: ${notice.text}`

function ProblemBanners() {
  const list = useProblems((problems) => problems.list)
  return list.map((problem) => (
    <Banner
      key={problem.id}
      tone="warn"
      icon="alert"
      title={problem.title}
      code={problem.code}
      actions={
        <button type="button" className="btn" onClick={() => dismissProblem(problem.id)}>
          Dismiss
        </button>
      }
    >
      {problem.text}
    </Banner>
  ))
}
