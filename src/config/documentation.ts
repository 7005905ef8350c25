export const documentation: ReadonlyMap<string, string> = new Map();
