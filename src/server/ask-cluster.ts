import type { Cluster } from '../cluster/cluster.ts';
import type { Api } from '../protocol/api.ts';
import { ErrorCode, errorInfo } from '../protocol/error-code.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterLife } from './cluster-life.ts';

/** The broker that can most likely ask the controller. */
function spokesman(cluster: Cluster): number {
  const { brokerIds, metadata, network, activeController = -1 } = cluster;
  const running = brokerIds.filter((id) => cluster.state(id) === 'running');
  const heard = running.filter((id) =>
    network.isHealthy({ from: 'clients', to: id, plane: 'client' }),
  );
  const reaching = heard.filter(
    (id) =>
      metadata.brokers.get(id)?.fenced === false &&
      network.isHealthy({ from: id, to: activeController, plane: 'controller' }),
  );
  const [broker] = [...reaching, ...heard, ...running];
  if (broker !== undefined) return broker;
  throw new ClusterError('E_NOT_RUNNING', 'no broker is running');
}

/** Asks something that any broker answers, or has the controller answer. */
export async function askCluster<Q, S>(
  { cluster, client }: ClusterLife,
  api: Api<Q, S>,
  body: NoInfer<Q>,
): Promise<S> {
  return await client.request(spokesman(cluster), api, body);
}

/** Throws `ClusterError` E_CHANGE_REFUSED, with Kafka's reason, for any other code than these. */
export function checkAnswer(
  what: string,
  { errorCode, errorMessage }: { readonly errorCode: number; readonly errorMessage: string | null },
  fine: readonly number[] = [ErrorCode.NONE],
): void {
  if (fine.includes(errorCode)) return;
  const info = errorInfo(errorCode);
  const text = `${what}: ${info?.name ?? errorCode}: ${errorMessage ?? info?.message}`;
  throw new ClusterError('E_CHANGE_REFUSED', text);
}
