export { createServer, type Server, type ServerOptions, type User } from './create-server.ts';
export type { Tls } from './listen.ts';
export type { RequestLog } from './request-log.ts';
export {
  BucketMissing,
  type BucketRecord,
  type Check,
  type ListQuery,
  type ObjectRecord,
  type PartRecord,
  type Staged,
  type Store,
  type StoredChecksum,
  type StoredObject,
  type UploadRecord,
} from './store.ts';
