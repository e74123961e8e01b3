import { XmlError, XmlReader } from './xml-reader.ts';

/** What a server said about a failure. Missing elements are empty or undefined. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly requestId: string | undefined;
  readonly hostId: string | undefined;
  /** The region the request should have been signed for. */
  readonly region: string | undefined;
  /** The other elements by name, without a prototype and without what a log must not show. */
  readonly details: Readonly<Record<string, string>>;
}

/**
 * Reads the body of an S3 error, also one wrapped in `<ErrorResponse>` (STS). Gives undefined for all else that
 * gateways send (HTML, plain text, JSON, nothing); takes what there is of a document that breaks off after its code.
 * See {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html Error responses}.
 */
export function readErrorDocument(text: string): ErrorDocument | undefined {
  const fields: Record<string, string> = Object.create(null);
  try {
    const xml = new XmlReader(text);
    const root = xml.root();
    const wrapped = root === 'ErrorResponse';
    if ((wrapped ? xml.child() : root) !== 'Error') return undefined;
    readFields(xml, fields);
    if (wrapped) readFields(xml, fields);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
  }
  const take = (name: string): string | undefined => {
    const value = fields[name];
    delete fields[name];
    return value;
  };
  const code = take('Code');
  if (!code) return undefined;
  if (secret.test(fields['ArgumentName'] ?? '')) delete fields['ArgumentValue'];
  return {
    code,
    message: take('Message') ?? '',
    requestId: take('RequestId'),
    hostId: take('HostId'),
    region: take('Region'),
    details: fields,
  };
}

/** Elements, and names of arguments, that hold signatures, tokens or keys, or the texts that were signed. */
const secret = /canonicalrequest|stringtosign|signature|token|authorization|credential|customer-key/i;

function readFields(xml: XmlReader, fields: Record<string, string>): void {
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    const value = xml.text().slice(0, 1024);
    if (!secret.test(name)) fields[name] ??= value;
  }
}
