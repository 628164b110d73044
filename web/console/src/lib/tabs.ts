// Is the console of this extension also open in another tab? Told by a channel
// between tabs of one browser; nothing leaves it.

import { useEffect, useState } from 'react'

export function useOtherTab(extension: string): boolean {
  const [other, setOther] = useState(false)
  useEffect(() => {
    if (typeof BroadcastChannel === 'undefined') return
    const channel = new BroadcastChannel(`offhook.${extension}`)
    let heard = 0
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data === 'here?') channel.postMessage('here')
      heard = Date.now()
      setOther(true)
    }
    const ask = () => {
      setOther(Date.now() - heard < 12_000)
      channel.postMessage('here?')
    }
    channel.postMessage('here?')
    const timer = setInterval(ask, 5000)
    return () => {
      clearInterval(timer)
      channel.close()
    }
  }, [extension])
  return other
}
