// The door `offhook/node`: what only Node can do. A phone there keeps nothing
// by itself: `createPhone({ storage: fileStorage('phone.journal'), … })`.
export { fileStorage } from './storage/file.js'
export { type PhoneStorage, StorageFenced, type StoredRecord } from './storage/port.js'
