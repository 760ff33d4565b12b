import type { CatalogModel } from '../catalog.ts';
import { identifier as id } from '../sql-text.ts';
import type { TestBody } from './test-plan.ts';
import { sayTest } from './words.ts';

/** No value twice; of several columns, no combination twice, where a null is a value like others. */
export function uniqueBody(model: CatalogModel, columns: readonly string[], where: string | undefined): TestBody {
  const list = columns.map((c) => id(c)).join(', ');
  const present = [...(columns.length === 1 ? [`${list} is not null`] : []), ...(where ? [`(${where})`] : [])];
  const filter = present.length > 0 ? ` where ${present.join(' and ')}` : '';
  return {
    words: sayTest((words) => words.unique(columns)),
    check: {
      mode: 'query',
      failures: `select ${list}, count(*) as copies from ${model.name}${filter} group by ${list} having count(*) > 1`,
      tested: `select count(*) from ${model.name}${filter}`,
      follows: { tested: present.length > 0 ? present.join(' and ') : 'true', among: columns },
    },
  };
}
