import { answering } from '../threads/answering.ts';
import type { ToWriter } from './writing-messages.ts';
import { WrittenFile } from './written-file.ts';

const files = new Map<number, WrittenFile>();

answering(async (message: ToWriter): Promise<void> => {
  switch (message.kind) {
    case 'open':
      files.set(message.file, new WrittenFile(message.place));
      break;
    case 'write':
      files.get(message.file)!.write(message.bytes);
      break;
    case 'force':
      await files.get(message.file)!.force();
      break;
    case 'close':
      files.get(message.file)!.close();
      files.delete(message.file);
  }
});
