let cachedSecond = Number.NaN;
let cachedText = '';

/** `YYYYMMDDTHHMMSSZ` of milliseconds since the epoch: the date SigV4 signs. Remembers the last second. */
export function amzDate(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== cachedSecond) {
    cachedText = new Date(second * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
    cachedSecond = second;
  }
  return cachedText;
}

/** Milliseconds since the epoch of `YYYYMMDDTHHMMSSZ`; `undefined` for anything else and for dates there are not. */
export function parseAmzDate(text: string): number | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  if (iso === text) return undefined;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) || amzDate(ms) !== text ? undefined : ms;
}

/** `Fri, 24 May 2013 00:00:00 GMT`: the date form of HTTP headers (RFC 9110 section 5.6.7). Milliseconds are dropped. */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/**
 * Milliseconds since the epoch of an HTTP date in any of the three forms of RFC 9110, also with the `+0000` of SigV2
 * clients for `GMT`; `undefined` for anything else, a wrong weekday included.
 */
export function parseHttpDate(text: string): number | undefined {
  const fixed = /^(\w{3}), (\d\d?) (\w{3}) (\d{4}) ([\d:]{8}) (?:GMT|[+-]0000)$/.exec(text);
  if (fixed) return parts(fixed[1]!, fixed[2]!, fixed[3]!, fixed[4]!, fixed[5]!);
  const asctime = /^(\w{3}) (\w{3}) ([ \d]\d) ([\d:]{8}) (\d{4})$/.exec(text);
  if (asctime) return parts(asctime[1]!, asctime[3]!.trim(), asctime[2]!, asctime[5]!, asctime[4]!);
  const rfc850 = /^(Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (\d\d)-(\w{3})-(\d\d) ([\d:]{8}) GMT$/.exec(
    text,
  );
  if (!rfc850) return undefined;
  const century = Number(rfc850[4]) < 70 ? '20' : '19';
  return parts(rfc850[1]!.slice(0, 3), rfc850[2]!, rfc850[3]!, century + rfc850[4], rfc850[5]!);
}

/** Writing the date again shows whether all of it was right: `Date.parse` forgives 30 February and wrong weekdays. */
function parts(weekday: string, day: string, month: string, year: string, time: string): number | undefined {
  const text = `${weekday}, ${day.padStart(2, '0')} ${month} ${year} ${time} GMT`;
  const ms = Date.parse(text);
  return httpDate(ms) === text ? ms : undefined;
}
