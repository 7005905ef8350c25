/** Java's `String.hashCode`, which decides where the state of a group lies. */
function javaStringHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  }
  return hash;
}

/** The partition of an internal topic that `key`, such as a group id, belongs to. */
export function coordinatorPartition(key: string, partitionCount: number): number {
  const hash = javaStringHash(key);
  return (hash === -(2 ** 31) ? 0 : Math.abs(hash)) % partitionCount;
}
