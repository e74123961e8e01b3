import type { FileTarget } from '../http/files.ts';
import { getObject } from '../operations/objects.ts';
import {
  type ChecksumAlgorithm,
  fullObjectChecksum,
  type StoredChecksum,
  startChecksum,
  verifiableChecksum,
} from '../protocol/checksum.ts';
import type { CrcAlgorithm } from '../protocol/combine-crc.ts';
import { S3Error } from '../protocol/error.ts';
import { type AnsweredRange, changedMeanwhile, checkVersion, strongEtag } from './answered-range.ts';
import { checkStored } from './checked-body.ts';
import { keepDownloadNote, readDownloadNote } from './download-note.ts';
import { headObject, type ObjectHead } from './head.ts';
import type { CallOptions, Progress } from './options.ts';
import { parallel } from './parallel.ts';
import { headerNumber } from './response.ts';
import { ResumedBody } from './resumed-body.ts';
import type { Sender } from './send.ts';
