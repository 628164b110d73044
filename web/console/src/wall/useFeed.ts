// Ties the line to the hub to a page: open while the page is in view, all it told forgotten when it closes.

import { useEffect } from 'react'
import { watchTrends } from '../acd/trend.ts'
import { currentToken, expire } from '../lib/session.ts'
import { Feed } from './feed.ts'
import { emptyWall, useWall } from './store.ts'

export const socketUrl = () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws`

export function useFeed() {
  useEffect(() => {
    const feed = new Feed({ url: socketUrl(), token: currentToken, store: useWall, onRefused: expire })
    const stop = watchTrends()
    return () => {
      stop()
      feed.close()
      useWall.setState(emptyWall, true)
    }
  }, [])
}
