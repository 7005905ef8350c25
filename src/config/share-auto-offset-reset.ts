const duration = /^P(?:\d+D)?(?:T(?=\d|\.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{0,9})?S)?)?$/i;

/** `earliest`, `latest`, or a duration back from now: ISO 8601 up to days (KIP-932). */
export function isShareAutoOffsetReset(text: string): boolean {
  if (text === 'earliest' || text === 'latest') return true;
  const length = text.startsWith('by_duration:') ? text.slice('by_duration:'.length) : '';
  return duration.test(length) && /\d/.test(length);
}
