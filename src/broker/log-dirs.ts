import type { BrokerSettings } from '../config/broker-settings.ts';

/**
 * The log directories of a broker, by their configured names. Nothing is kept in them; all replicas
 * are shown in the first.
 */
export const logDirsOf = ({ logDirs, logDir }: BrokerSettings): readonly string[] =>
  logDirs ?? logDir ?? [];
