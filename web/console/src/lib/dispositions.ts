// How a call may have ended, as the agent says. The CRM stores the code.

export interface Disposition {
  code: string
  word: string
}

export const dispositions: readonly Disposition[] = [
  { code: 'resolved', word: 'Resolved' },
  { code: 'information_given', word: 'Information given' },
  { code: 'passed_on', word: 'Passed on' },
  { code: 'callback_promised', word: 'Callback promised' },
  { code: 'wrong_number', word: 'Wrong number' },
  { code: 'other', word: 'Other' },
]
