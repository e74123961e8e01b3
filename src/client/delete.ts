import { deleteObject } from '../operations/delete-object.ts';
import type { CallOptions } from './options.ts';
import type { Sender } from './send.ts';
import { stored } from './stored.ts';

export interface DeleteOptions extends CallOptions {
  /** Deletes this version for good, instead of hiding the object behind a delete marker. */
  versionId?: string | undefined;
  /** Only the object with this ETag. */
  ifMatch?: string | undefined;
}

export interface Deleted {
  readonly status: number;
  readonly versionId: string | undefined;
  /** The object is hidden behind a marker, its versions are still there. */
  readonly deleteMarker: boolean;
}

/** Deletes an object; that there is none is no error. */
export function deleteKey(sender: Sender, key: string, options: DeleteOptions): Promise<Deleted> {
  const { bucket, versionId, ifMatch } = options;
  return sender.exchange(deleteObject, { bucket, key, versionId, ifMatch }, options, {
    read: async (response) => {
      const { status, versionId, headers } = await stored(response);
      return { status, versionId, deleteMarker: headers['x-amz-delete-marker'] === 'true' };
    },
  });
}
