/** The content type a key's extension stands for, if it is a common one. */
export function contentTypeOf(key: string): string | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(key)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : byExtension.get(extension);
}

/** Registered media types (https://www.iana.org/assignments/media-types) of what people put in buckets. */
const byExtension = new Map(
  `text/html html htm,text/css css,text/javascript js mjs,text/plain txt log,text/csv csv,text/markdown md,\
application/json json map,application/xml xml,application/pdf pdf,application/zip zip,application/gzip gz tgz,\
application/x-tar tar,application/wasm wasm,application/yaml yaml yml,application/vnd.apache.parquet parquet,\
application/manifest+json webmanifest,image/png png,image/jpeg jpg jpeg,image/gif gif,image/webp webp,image/avif avif,\
image/svg+xml svg,image/tiff tif tiff,image/bmp bmp,image/heic heic,image/vnd.microsoft.icon ico,audio/mpeg mp3,\
audio/wav wav,audio/ogg ogg,audio/aac aac,audio/flac flac,video/mp4 mp4 m4v,video/webm webm,video/quicktime mov,\
application/vnd.apple.mpegurl m3u8,font/woff woff,font/woff2 woff2,font/ttf ttf,font/otf otf`
    .split(',')
    .flatMap((entry) => {
      const [type, ...extensions] = entry.split(' ');
      return extensions.map((extension): [string, string] => [extension, type as string]);
    }),
);
