import { errorName, type Stage, topic } from './stage.ts';

/** What an operator asks the cluster for: verbs of `verbs.ts`. */
export const adminVerbs = {
  /** Lets the preferred replica lead. */
  elect: (stage: Stage, { partition = 0 }: { readonly partition?: number }) => {
    const topicPartitions = [{ topic, partitions: [partition] }];
    const request = { electionType: 0, topicPartitions, timeoutMs: 1000 };
    const response = stage.ask('ElectLeaders', request);
    const answer = response?.replicaElectionResults[0]?.partitionResult[0];
    return { error: answer === undefined ? 'none' : errorName(answer.errorCode) };
  },
};
