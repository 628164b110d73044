import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
const T=async(n,f)=>{const t=performance.now();const r=await f();console.log(n,(performance.now()-t).toFixed(0));return r}
const p=await T('init',async()=>{const p=new PGlite('memory://');await p.waitReady;return p})
await T('migrate',()=>migrate(drizzle(p),{migrationsFolder:'hub/migrations'}))
const d=await T('dump none',()=>p.dumpDataDir('none'))
console.log(d.size)
const q=await T('load',async()=>{const q=new PGlite({dataDir:'memory://',loadDataDir:d});await q.waitReady;return q})
await T('q',()=>q.query('select 1'))
await T('init again',async()=>{const p=new PGlite('memory://');await p.waitReady;return p})
