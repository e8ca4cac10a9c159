import type { GraphDocument } from '../graph/document.ts';
import { typesOf } from '../graph/subgraphs.ts';
import { codeHash, loadNodes, lookup } from '../nodes/catalogue.ts';
import { Checker, type CheckResult } from './check.ts';
import { makePlan, type PlanOptions, type PlanResult } from './plan.ts';

/** Loads the definitions that a document needs, and gives what checks it and its variations. */
export async function loadChecker(document: GraphDocument): Promise<(document: GraphDocument) => CheckResult> {
  await loadNodes(typesOf(document));
  const checker = new Checker(lookup);
  return (each) => checker.check(each);
}

/** Loads the definitions that a document needs and checks it whole. */
export async function checkDocument(document: GraphDocument): Promise<CheckResult> {
  return (await loadChecker(document))(document);
}

/** From a document to what a run does. */
export async function compile(
  document: GraphDocument,
  options: Omit<PlanOptions, 'codeHash' | 'check'>,
): Promise<PlanResult> {
  const check = await loadChecker(document);
  return makePlan(document, check(document), { ...options, codeHash, check });
}
