import { test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { useCluster } from '../harness/use-cluster.ts';
const cluster = useCluster();
const Z='AAAAAAAAAAAAAAAAAAAAAA';
test('p', async () => {
  const show = async (f: (t:{name:string,id:string}) => {name?: string|null, topicId?: string}[]) => {
    const t = await cluster().topic();
    const r = await cluster().request(apis.DeleteTopics, 6, { topics: f(t).map(({name=null, topicId=Z}) => ({name, topicId})), timeoutMs: 30000});
    console.log(JSON.stringify(f(t)), JSON.stringify(r.responses));
  };
  await show((t) => [{name: t.name}, {name: t.name}]);
  await show((t) => [{topicId: t.id}, {topicId: t.id}]);
  await show((t) => [{topicId: t.id}, {name: t.name}]);
  await show((t) => [{topicId: t.id, name: t.name}, {name: t.name}]);
  await show((t) => [{topicId: 'b2RyYWRlay1ub3QtdGhlcg'}, {topicId: 'b2RyYWRlay1ub3QtdGhlcg'}]);
  await show((t) => [{name: 'nono'}, {name: 'nono'}]);
  await show((t) => [{}, {}]);
}, 60000);
