/** A bit field of ACL operations: what it holds when the client did not ask for it (KIP-430). */
export const OPERATIONS_NOT_REQUESTED = -0x8000_0000;
