/**
 * Groups chunks until they add up to `size` bytes or more, the rest at the end, so that many small chunks (each a
 * line of a chunked upload) cost one write. No group when there is no byte.
 */
export async function* gather(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array[], void> {
  let group: Uint8Array[] = [];
  let gathered = 0;
  for await (const chunk of content) {
    if (chunk.length === 0) continue;
    group.push(chunk);
    gathered += chunk.length;
    if (gathered >= size) {
      yield group;
      group = [];
      gathered = 0;
    }
  }
  if (gathered > 0) yield group;
}
