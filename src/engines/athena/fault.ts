/** What the SDK throws, as far as it is looked at. */
export interface AwsFault {
  name: string;
  message: string;
  /** Of the system: ECONNRESET and the like. */
  errno: string | undefined;
  status: number | undefined;
  headers: Readonly<Record<string, string | undefined>>;
  fields: Readonly<Record<string, unknown>>;
}

/** The HTTP status and error name of what the SDK threw, for answers that are no failure. */
export function answerOf(error: unknown): { status: number | undefined; name: string } {
  const { status, name } = faultOf(error);
  return { status, name };
}

/** True where nobody knows whether the call was carried out: the connection broke, or the service failed within. */
export function isAnswerLost(error: unknown): boolean {
  const { status } = faultOf(error);
  return status === undefined || status >= 500;
}

export function faultOf(error: unknown): AwsFault {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown> & {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number; headers?: Record<string, string> };
    cause?: unknown;
  };
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const message = text(fields.message) ?? text(fields.Message) ?? '';
  return {
    name: text(fields.name) ?? '',
    message,
    errno: text(fields.code) ?? text((fields.cause as { code?: unknown } | undefined)?.code) ?? errnoIn(message),
    status: fields.$metadata?.httpStatusCode ?? fields.$response?.statusCode,
    headers: fields.$response?.headers ?? {},
    fields,
  };
}

/** The SDK wraps what it does not take for an error of this process, and keeps only its text. */
function errnoIn(message: string): string | undefined {
  return /\b(ECONN[A-Z]+|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)\b/.exec(message)?.[1];
}
