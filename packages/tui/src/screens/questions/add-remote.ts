import type { Question } from '../ask/state.ts';

/** Where the registry is shared. */
export function addRemoteQuestion(): Question {
  return {
    trail: ['sharing', 'new remote'],
    question: 'Where is this registry shared?',
    fields: [
      {
        name: 'url',
        label: 'address',
        about: 'of a Git repository: ssh, https, a path; with {model} in it, one repository for each model',
        placeholder: 'git@example.org:team/models.git',
        problem: (text) => (text.trim() === '' ? 'give an address' : null),
      },
      {
        name: 'name',
        label: 'name',
        about: 'what it is called here',
        text: 'origin',
        problem: (text) => (text.trim() === '' ? 'give it a name' : null),
      },
    ],
    label: 'add it',
    answer: async ({ url, name }, ui) => {
      const from = ui.host.workingFolder;
      const remote = await ui.library.addRemote(ui.registry, name!.trim(), url!.trim(), { from });
      ui.say('good', `the registry is shared at ${remote.shownUrl}; P pushes, p pulls`);
    },
  };
}
