import { Meter } from '../../system/http/meter.js';
import { download, type DownloadOptions } from '../../system/http/download.js';
import type { Io } from '../../base/io.js';

/** `download`, showing bytes, rate and time left. Nothing is shown for what is in the cache already. */
export async function downloadWithProgress(url: string, dir: string, options: DownloadOptions, io: Io): Promise<string> {
  let meter: Meter | undefined;
  try {
    return await download(url, dir, {
      ...options,
      onProgress: (done, total) => {
        meter ??= new Meter(io, `Downloading ${new URL(url).pathname.split('/').pop() ?? url}`, total);
        meter.seen(done, total);
      },
    });
  } finally {
    meter?.stop();
  }
}
