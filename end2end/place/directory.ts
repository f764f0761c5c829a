// The people, groups and teams that the tests speak of. Names and ids are those of the emulator's demo directory.

/** The tenants of the demo directory. */
export const tenants = {
  contoso: '3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70',
  fabrikam: '8d2f6b0c-51e3-4a7b-b3c9-6e0f1a2d4c58',
  litware: 'c51e7d92-0a4f-4e68-8b37-f2a6904d1e35',
} as const;

/** A mapping of a team. */
export interface Mapping {
  group: string;
  role: 'admin' | 'operator' | 'member' | 'auditor' | 'viewer';
  priority: number;
}

/** Northwind MSP has Contoso's people. */
export const northwind = {
  name: 'Northwind MSP',
  owner: { name: 'Petra Holm', email: 'petra@northwind.example' },
  tenant: tenants.contoso,
  mappings: {
    admins: { group: '26826e3d-682b-4c41-92ec-333c534526d9', role: 'admin', priority: 90 },
    operators: { group: '801355eb-05d9-4d51-a25f-f36ce5fe4bfa', role: 'operator', priority: 50 },
    members: { group: '27c059b8-6d14-4590-8f22-4e163df5316f', role: 'member', priority: 30 },
    auditors: { group: '48425120-21f1-44e2-8bf2-b01c26282366', role: 'auditor', priority: 20 },
    viewers: { group: '86db12bb-89d6-4221-bf84-934e09ee1846', role: 'viewer', priority: 10 },
  },
} as const satisfies Customer;

/** Lakeside IT has Fabrikam's people. */
export const lakeside = {
  name: 'Lakeside IT',
  owner: { name: 'Ruth Adeyemi', email: 'ruth@lakeside.example' },
  tenant: tenants.fabrikam,
  mappings: {
    admins: { group: '210c6d0c-8fff-4e80-8f1b-37a6a6a93557', role: 'admin', priority: 80 },
    operators: { group: '9567dc42-b749-4224-ae47-f908fcba9704', role: 'operator', priority: 40 },
    viewers: { group: 'a09b45c5-336d-448a-ac16-1b3fd71e02a5', role: 'viewer', priority: 0 },
  },
} as const satisfies Customer;

/** A team with the tenant it registered. */
export interface Customer {
  name: string;
  owner: { name: string; email: string };
  tenant: string;
  mappings: Record<string, Mapping>;
}

/** Who can sign in, by name: the account that the person picker shows. */
export const people = {
  // Contoso
  'Priya Shah': 'priya@contoso.com',
  'Adam Cole': 'adam@contoso.com',
  'Dana Reyes': 'dana@contoso.com',
  'Ines Duarte': 'ines@contoso.com',
  'Vic Tran': 'vic@contoso.com',
  'Mia Novak': 'mia@contoso.com',
  'Theo Lund': 'theo@contoso.com',
  'Nils Berg': 'nils@contoso.com',
  'Olga Many': 'olga@contoso.com',
  '李小龍': 'xiaolong@contoso.com',
  'Renée O\'Brien "Ren"': 'renee@contoso.com',
  'Noor Haddad': 'noor@contoso.com',
  'Leo Blanc': 'leo@contoso.com',
  // Fabrikam; its Dana claims the mail address of Contoso's.
  'Farah Malik': 'farah@fabrikam.com',
  'Omar Diaz': 'omar@fabrikam.com',
  'Vera Lindqvist': 'vera@fabrikam.com',
  'Ben Okafor': 'ben@fabrikam.com',
  'Dana Reyes of Fabrikam': 'dana.reyes@fabrikam.com',
  // Litware, which no team registered; Sam is a guest of Contoso.
  'Lena Fox': 'lena@litware.example',
  'Sam Hill': 'sam@litware.example',
} as const;

/** Somebody of the demo directory. */
export type Person = keyof typeof people;
