import { explainStorage } from "../errors.ts";
import { Layout } from "../layout/layout.ts";
import { lockFolder } from "../layout/lock.ts";

/** Opens a layout to write to, or begins it; nobody else may write meanwhile. Errors of the disk are for people. */
export async function writing<T>(folder: string, work: (layout: Layout) => Promise<T>): Promise<T> {
  let layout: Layout | undefined;
  let unlock: (() => Promise<void>) | undefined;
  try {
    layout = await Layout.openOrCreate(folder);
    unlock = await lockFolder(folder);
    return await work(layout);
  } catch (error) {
    throw explainStorage(error, folder);
  } finally {
    await Promise.all([layout?.close(), unlock?.()]);
  }
}

/** Does work in a folder in which nobody else may write meanwhile. Errors of the disk are for people. */
export async function whileLocked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const unlock = await lockFolder(folder).catch((error: unknown) => {
    throw explainStorage(error, folder);
  });
  try {
    return await work();
  } catch (error) {
    throw explainStorage(error, folder);
  } finally {
    await unlock();
  }
}
