// Is the console of this extension also open in another tab? Told by a channel
// between tabs of one browser; nothing leaves it.

import { useEffect, useState } from 'react'

/** A tab that has not answered for so long is gone, even if it could not say so. */
const silenceMs = 7000
const askMs = 5000

export function useOtherTab(extension: string): boolean {
  const [other, setOther] = useState(false)
  useEffect(() => {
    if (typeof BroadcastChannel === 'undefined') return
    const channel = new BroadcastChannel(`offhook.${extension}`)
    let heard = 0
    const ask = () => channel.postMessage('here?')
    const leave = () => channel.postMessage('gone')
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data === 'gone') {
        heard = 0
        setOther(false)
        // There may be a third one.
        ask()
        return
      }
      if (data === 'here?') channel.postMessage('here')
      heard = Date.now()
      setOther(true)
    }
    ask()
    const timer = setInterval(() => {
      setOther(Date.now() - heard < silenceMs)
      ask()
    }, askMs)
    addEventListener('pagehide', leave)
    return () => {
      clearInterval(timer)
      removeEventListener('pagehide', leave)
      leave()
      channel.close()
    }
  }, [extension])
  return other
}
