import type { Content } from './content.ts';
import { wrongSize } from './exchange-error.ts';

/** How content is cut. */
export interface PartPlan {
  /** Bytes of the first part. */
  readonly partSize: number;
  /** Most parts there may be. */
  readonly most: number;
  /** All parts but the last are of one size, also where nobody knows how many there will be. */
  readonly equal: boolean;
}

/** A part in memory. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly size: number;
  /** Its bytes, until `release`; none for a part that was passed over. */
  readonly blocks: readonly Uint8Array[];
  /** Gives the memory back for another part. */
  release(): void;
}

/** The largest part there is: 5 GiB. */
export const largestPart: number = 5 * 1024 ** 3;

/** What one array holds at most; a larger part is several. */
const largestBlock = 256 * 1024 ** 2;

/**
 * Bytes of an array that nobody touches, so that it takes no memory. V8 lets that many bytes of chunks pile up before it
 * collects any; with such an array it does so at once. Peak memory of a process that sends a stream in four parts of
 * 8 MiB: 132 MiB without, 115 with one for each part.
 */
const unseen = 40 * 1024 ** 2;

/**
 * Bytes of the part that begins at `position`, where nobody knows how many there will be. Parts grow with what was sent
 * before, so that their number bounds no object that a server takes: of 10,000 each is a 500th of it, up to 5 GiB. From
 * 8 MiB on, that begins at 4 GiB, makes parts of 206 MiB at 100 GiB, and ends at 33 TiB.
 */
export function nextPartSize({ partSize, most, equal }: PartPlan, position: number): number {
  const MiB = 1024 ** 2;
  const share = Math.ceil(position / (most / 20) / MiB) * MiB;
  return equal ? partSize : Math.max(partSize, Math.min(share, largestPart));
}

/**
 * Cuts content into parts, filled one after the other into memory that is used again once a part is released. Content
 * without bytes is one empty part. Closes the content when iteration ends early, without waiting for it.
 *
 * @param concurrency how many parts may be held at a time. Grown parts may be fewer: together they take no more than
 * four times what the first ones did, or are alone.
 * @param passOver says which parts are not needed; what is seekable is not even read there
 * @param first the beginning of the content, read before: the whole first part
 * @throws {RangeError} the content is shorter than its size, or has too many parts
 */
export function cutParts(
  content: Content,
  plan: PartPlan,
  concurrency: number,
  passOver?: (number: number, size: number) => boolean,
  first?: Uint8Array,
): AsyncIterableIterator<Part> {
  const { partSize, most } = plan;
  const { size, bytes } = content;
  const memory = blockPool(Math.min(partSize, largestBlock), 4 * concurrency * partSize);
  let position = 0;
  let number = 0;
  let ended = false;

  async function next(): Promise<IteratorResult<Part>> {
    if (ended) return { done: true, value: undefined };
    if (number === most) {
      ended = true;
      if ((await content.read(new Uint8Array(1), position)) === 0) return next();
      throw new RangeError(`the body has more than ${most} parts: give a larger partSize`);
    }
    const wanted = size === undefined ? nextPartSize(plan, position) : Math.min(partSize, size - position);
    const part = await take(wanted);
    // Closed meanwhile: what there is may be cut short.
    if (ended) return next();
    position += part.size;
    if (size === undefined) ended = part.size < wanted;
    else if (part.size < wanted) throw wrongSize(size, position);
    else ended = position === size;
    return part.size === 0 && number > 0 ? next() : { done: false, value: { ...part, number: ++number } };
  }

  async function take(wanted: number): Promise<Omit<Part, 'number'>> {
    if (first) {
      const blocks = [first];
      const { length } = first;
      first = undefined;
      memory.add();
      return { size: length, blocks, release: () => memory.give(blocks) };
    }
    if (content.seekable && passOver?.(number + 1, wanted)) return { size: wanted, blocks: [], release };
    if (bytes) return { size: wanted, blocks: [bytes.subarray(position, position + wanted)], release };
    if (!content.seekable) new ArrayBuffer(unseen);
    const taken: Uint8Array[] = [];
    const blocks: Uint8Array[] = [];
    let filled = 0;
    do {
      const block = await memory.take(wanted);
      taken.push(block);
      const room = block.subarray(0, wanted - filled);
      const count = await content.read(room, position + filled);
      blocks.push(block.subarray(0, count));
      filled += count;
      if (count < room.length) break;
    } while (filled < wanted);
    return { size: filled, blocks, release: () => memory.give(taken) };
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next,
    async return() {
      ended = true;
      content.close();
      return { done: true, value: undefined };
    },
  };
}

function release(): void {}

/** Arrays of one size, made when first needed, `limit` bytes in all. One taker waits at a time. */
function blockPool(blockSize: number, limit: number) {
  const free: Uint8Array[] = [];
  let taken = 0;
  let wake: (() => void) | undefined;
  return {
    /** One more, made elsewhere and taken already. */
    add(): void {
      taken++;
    },
    /** Waits until there is room; a part of more bytes than the limit may have them all when it is alone. */
    async take(part: number): Promise<Uint8Array> {
      while ((taken + 1) * blockSize > Math.max(limit, part)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      taken++;
      return free.pop() ?? new Uint8Array(blockSize);
    },
    give(blocks: readonly Uint8Array[]): void {
      free.push(...blocks);
      taken -= blocks.length;
      wake?.();
    },
  };
}
