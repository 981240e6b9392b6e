import { CfnResource, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ModelSet } from '../../src/core/models/graph';
import { catalogTables, type CatalogTables as Tables, withEveryTable } from '../../src/engines/athena/tables';
import { viewDefinition } from '../../src/engines/athena/views';

export interface CatalogTablesProps {
  /** Of loadDefinitions: the tables are those of the models, whatever the project maps. */
  models: ModelSet;
  /** Name of the bucket under which the files of all tables lie. */
  bucketName: string;
  /** A plain text, because the views hold it encoded. */
  databaseName: string;
}

/**
 * The Glue database with every table and public view, as the models' sidecars say. A run makes partitions of these and
 * the view current_run, and changes no definition.
 */
export class CatalogTables extends Construct {
  readonly databaseName: string;
  readonly definitions: Tables;

  /** @throws Error where the name of the database is not known before the deployment. */
  constructor(scope: Construct, id: string, { models, bucketName, databaseName }: CatalogTablesProps) {
    super(scope, id);
    if (Token.isUnresolved(databaseName)) throw new Error('databaseName must be a plain text: views hold it encoded');
    this.databaseName = databaseName;
    this.definitions = catalogTables(withEveryTable(models), { bucket: bucketName, prefix: '' });
    const database = new CfnResource(this, 'Database', {
      type: 'AWS::Glue::Database',
      properties: {
        CatalogId: Stack.of(this).account,
        DatabaseInput: { Name: databaseName, Description: 'Tables of Tidemark; written by it alone' },
      },
    });
    database.applyRemovalPolicy(RemovalPolicy.RETAIN);
    // The words of Glue's API are those of CloudFormation: the definitions stand here as the command line makes them.
    const define = (definition: { Name: string }): CfnResource => {
      const table = new CfnResource(this, definition.Name, {
        type: 'AWS::Glue::Table',
        properties: { CatalogId: Stack.of(this).account, DatabaseName: databaseName, TableInput: definition },
      });
      table.applyRemovalPolicy(RemovalPolicy.RETAIN);
      table.addResourceDependency(database);
      return table;
    };
    for (const table of this.definitions.tables) define(table);
    for (const view of this.definitions.views) define(viewDefinition(databaseName, view));
  }
}
