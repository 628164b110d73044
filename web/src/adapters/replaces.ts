// A call whose page is gone, taken up again: an INVITE whose Replaces header (RFC 3891) names the old dialog. The PBX
// puts the new leg in the old one's place, and whoever is at the other end hears the agent again. What is kept of a
// dialog is the header's own value; a text that is not one is never sent.

/** Of the dialog as the PBX has it: its own tag is `to-tag`, ours is `from-tag`. Empty when a part is not known. */
export function replacesValue(callId: string, ours: string, theirs: string): string {
  return callId && ours && theirs ? `${callId};to-tag=${theirs};from-tag=${ours}` : ''
}

/** The headers of the INVITE that replaces `dialog`, or null when it is no dialog's text. */
export function replacesHeaders(dialog: string): string[] | null {
  if (!/^[^\s;,]{1,256};to-tag=[^\s;,]{1,128};from-tag=[^\s;,]{1,128}$/.test(dialog)) return null
  // `Require` (RFC 3891, 4): a PBX that knows no Replaces must refuse, not ring somebody.
  return [`Replaces: ${dialog}`, 'Require: replaces']
}
