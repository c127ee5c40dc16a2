// Written by `npm run openapi` from the schemas of the routes. Change those.

/** The organization's clock. */
export interface Clock {
  /** The time that the clock shows. */
  now: string
  /** `real`: the machine's clock; `offset`: running with an offset; `frozen`: stopped. */
  mode: 'real' | 'offset' | 'frozen'
}

/** The clock, and what happened in between. */
export interface ClockTurned {
  /** The time that the clock shows. */
  now: string
  /** `real`: the machine's clock; `offset`: running with an offset; `frozen`: stopped. */
  mode: 'real' | 'offset' | 'frozen'
  /** Group users whose access expired in between, in chronological order: the first 1000. */
  expired: GroupUser[]
  /** How many there are. */
  expired_count: number
  /** Group users whose propagation status changed in between, in chronological order; if the clock was set back, those whose status changed back: the first 1000. */
  settled: GroupUser[]
  /** How many there are. */
  settled_count: number
}

/** What calls changed, one item for each row. */
export interface ChangeSum {
  /** The id of the last request that counts: a mark for `since` of a later call. */
  until: string
  /** Whether the journal still holds all changes in between; if not, results has only the rest. */
  complete: boolean
  results: Change[]
}

/** Which operations and statuses occurred, and which did not. */
export interface Coverage {
  results: {
    /** The operation. */
    operation: string
    /** Its method. */
    method: string
    /** Its path. */
    path: string
    /** How often each status was returned. */
    statuses: Record<string, number>
  }[]
  /** Operations that were called although they are not simulated. */
  not_simulated: {
    /** The operation. */
    operation: string
    /** Its method. */
    method: string
    /** Its path. */
    path: string
    /** How often each status was returned: 501, or what a rule said. */
    statuses: Record<string, number>
  }[]
  /** Operation and status, such as `update_group_user 404`. */
  never_met: string[]
  /** Calls that matched no operation of the API, such as those of a base URL without /v1. */
  unrouted: { method: string; path: string; count: number }[]
}

/** Why a call was rejected. Opal documents no error body, so clients should rely on the status alone. */
export interface ErrorBody {
  code: ErrorCode
  /** What went wrong, for people. */
  message: string
  /** All problems of the request. */
  errors?: {
    /** Where, such as body.duration_minutes or path.group_id. */
    path: string
    /** What was expected and what was sent. */
    message: string
  }[]
  /** What to do about it. */
  hint?: string
  /** The id of the request, as in the log. */
  request_id: string
}

/** A fault rule. */
export interface Fault {
  /** Its id. */
  fault_id: string
  /** Where the response does not fit the operation in Opal's document. */
  warnings?: string[]
  /** How many calls it has affected since it was created or the sandbox started. */
  hits: number
  operation?: OperationId
  /** Only calls with this method. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Only calls that name this group in their path. */
  group_id?: string
  /** Only calls that name this user in their path. */
  user_id?: string
  /** How many matching calls it affects; 1 if left out. */
  times?: number | 'forever'
  /** How many matching calls it lets through first; 0 if left out. */
  skip?: number
  /** Before the work, or after it, when only the response is affected; truncate is always after. */
  phase?: 'before' | 'after'
  /** What happens: exactly one of status, delay, drop, truncate and hang. */
  effect: {
    /** Respond with this status. */
    status?: number
    /** With a status: the error code. */
    code?: string
    /** With a status: the error message. */
    message?: string
    /** With a status: the whole body. In its texts `{group_id}` stands for that parameter of the path. */
    body?: unknown
    /** With a status: headers to add. */
    headers?: Record<string, string>
    /** Delay the response by this long. */
    delay?: string
    /** Drop the connection without a response. */
    drop?: true
    /** Drop the connection in the middle of the response. */
    truncate?: true
    /** Do not respond as long as the rule exists. */
    hang?: true
    /** With hang: respond after this time. */
    max?: string
  }
}

/** A rule that answers calls, or makes them fail. */
export interface FaultRule {
  operation?: OperationId
  /** Only calls with this method. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Only calls that name this group in their path. */
  group_id?: string
  /** Only calls that name this user in their path. */
  user_id?: string
  /** How many matching calls it affects; 1 if left out. */
  times?: number | 'forever'
  /** How many matching calls it lets through first; 0 if left out. */
  skip?: number
  /** Before the work, or after it, when only the response is affected; truncate is always after. */
  phase?: 'before' | 'after'
  /** What happens: exactly one of status, delay, drop, truncate and hang. */
  effect: {
    /** Respond with this status. */
    status?: number
    /** With a status: the error code. */
    code?: string
    /** With a status: the error message. */
    message?: string
    /** With a status: the whole body. In its texts `{group_id}` stands for that parameter of the path. */
    body?: unknown
    /** With a status: headers to add. */
    headers?: Record<string, string>
    /** Delay the response by this long. */
    delay?: string
    /** Drop the connection without a response. */
    drop?: true
    /** Drop the connection in the middle of the response. */
    truncate?: true
    /** Do not respond as long as the rule exists. */
    hang?: true
    /** With hang: respond after this time. */
    max?: string
  }
}

/** The sandbox is healthy. */
export interface Health {
  status: 'ok'
  /** The sandbox's version. */
  version: string
  /** Uptime in real time. */
  uptime_seconds: number
}

/** A call with its answer: of the API, or one of the control plane that changed the organization. */
export interface JournalEntry {
  /** The id, as in the header x-opal-sandbox-request-id. */
  request_id: string
  /** When, by the clock of the organization. */
  at: string
  /** When it was received, in real time. */
  received_at: string
  /** The operation; left out if no operation matches the call. */
  operation?: string
  /** The method. */
  method: string
  /** The path and the query. */
  url: string
  /** The headers, without authorization, proxy-authorization and cookie. */
  headers: Record<string, string>
  /** The group in the path. */
  group_id?: string
  /** The user in the path. */
  user_id?: string
  /** The body; its beginning as text if it was over 16 KiB. */
  body?: unknown
  /** The body was over 16 KiB. */
  body_cut?: true
  /** The status; left out if no answer was sent. */
  status?: number
  /** The body of the answer; its beginning as text if it was over 16 KiB. */
  answer?: unknown
  /** The answer was over 16 KiB. */
  answer_cut?: true
  /** A fault rule holds the call; it is not answered yet. */
  pending?: true
  /** The duration in real time. */
  duration_ms: number
  /** Fields and parameters that had no effect. */
  ignored?: string[]
  /** The fault rule that affected the call. */
  fault?: {
    /** The id of the rule. */
    fault_id: string
    /** What it did. */
    effect: string
    /** Before or after the call was processed. */
    phase: string
  }
  /** What the call changed; left out if nothing. */
  changes?: Change[]
  /** It changed more than the journal keeps of a call. */
  changes_cut?: true
  /** The steps that led to the answer. */
  why: string[]
  /** The rule, or the code of the refusal, that decided. */
  rule?: string
  /** How this behavior is known. */
  basis: 'assumed' | 'inferred' | 'documented' | 'measured'
  /** What would make the call succeed. */
  hint?: string
}

/** An organization. */
export interface ListedOrganization {
  /** `default`, or `org-<name>`. */
  name: string
  /** When a token of it was last accepted under /v1, by its clock; null if none was since the start or the last reset. */
  last_used_at: string | null
  /** How many group users are stored, expired ones included. */
  group_users: number
}

/** The magic users; none unless the seed says `magic: true`. */
export interface MagicUsers {
  results: {
    /** The user. */
    user_id: string
    /** A group that the user is in. */
    group_id: string
    /** The user's email address. */
    email: string
    /** What happens in calls with this user. */
    outcome: string
  }[]
}

/** The clock after the change. */
export interface OrganizationFilled {
  /** The time that the clock shows. */
  now: string
  /** The mode of the clock. */
  mode: string
}

/** Everything in an organization. */
export interface Seed {
  /** The version of this format. */
  version: 1
  /** For editors. */
  $schema?: string
  /** The organization's clock; that of the machine if left out. */
  clock?: {
    /** The moment at which the clock is frozen. */
    frozen_at?: string
    /** How many milliseconds it is ahead of the machine's clock. */
    offset_ms?: number
  }
  settings?: Settings
  /** By alias; the built-in ones if left out. */
  tokens?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      token_id?: string
      /** What it permits. */
      access_level: 'FULL_ACCESS' | 'READ_ONLY'
      /** The name that people see. */
      token_label?: string
      /** The bearer token; only works in the organization `default`, and is never exported. */
      secret?: string
      /** The owner; the first user if left out. */
      user?: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it expires; never if left out. Absolute, or relative to the clock when the seed is applied. */
      expires_at?: string
      /** When it was revoked. Absolute, or relative to the clock when the seed is applied. */
      revoked_at?: string
    }
  >
  /** By alias. */
  users?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      user_id?: string
      /** The email address. */
      email: string
      /** The full name. */
      full_name: string
      /** The first word of the full name if left out. */
      first_name?: string
      /** The other words of the full name if left out. */
      last_name?: string
      /** The position in the company. */
      position?: string
      /** The user's status in the HR identity provider. */
      hr_idp_status?: 'ACTIVE' | 'SUSPENDED' | 'DEPROVISIONED' | 'DELETED' | 'NOT_FOUND'
      /** The manager. */
      manager?: string
      propagation?: Timeline
      /** Each a tag of this seed. */
      tags?: string[]
    }
  >
  /** By alias. */
  groups?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      group_id?: string
      /** The name. */
      name: string
      /** What the group is for. */
      description?: string
      group_type: GroupTypeEnum
      /** Levels besides the default one: name and remote id. */
      access_levels?: Record<string, string>
      propagation?: Timeline
      /** The app that the group belongs to. */
      app_id?: string
      remote_info?: GroupRemoteInfo
      /** Free text, formerly used for the remote system. */
      metadata?: string
      /** The group's id in the remote system. */
      remote_id?: string
      /** The group's name in the remote system. */
      remote_name?: string
      /** The owner who administers the group. */
      admin_owner_id?: string
      max_duration?: number
      recommended_duration?: number
      require_manager_approval?: boolean
      require_support_ticket?: boolean
      require_mfa_to_approve?: boolean
      require_mfa_to_request?: boolean
      auto_approval?: boolean
      /** A configuration template. */
      configuration_template_id?: string
      /** A request template. */
      request_template_id?: string
      is_requestable?: boolean
      /** Users who lead the group. */
      group_leader_user_ids?: string[]
      extensions_duration_in_minutes?: number
      /** How access is requested. */
      request_configurations?: RequestConfiguration[]
      /** The binding that the group is part of. */
      group_binding_id?: string
      /** Whether the name follows the remote system. */
      match_remote_name?: boolean
      /** Whether the description follows the remote system. */
      match_remote_description?: boolean
      /** The notification that is sent when access is requested. */
      custom_request_notification?: string | null
      risk_sensitivity_override?: RiskSensitivityEnum
      last_successful_sync?: SyncTask
      /** A folder. */
      folder_id?: string
      /** The handle in the remote system. */
      handle?: string
      /** The team in the remote system. */
      team_id?: string
      visibility?: VisibilityTypeEnum
      /** Each a group of this seed. */
      visibility_groups?: string[]
      /** Each a message channel of this seed. */
      message_channels?: string[]
      /** Each a on-call schedule of this seed. */
      on_call_schedules?: string[]
      /** Each a group of this seed. */
      containing_groups?: (
        | string
        | {
            /** The alias of a group. */
            group: string
            /** The level of the access. */
            access_level_remote_id?: string
            /** When the access ends; never if left out. Absolute, or relative to the clock when the seed is applied. */
            expiration_date?: string
            /** The duration that the API shows; the access ends at `expiration_date`. */
            duration_minutes?: number
          }
      )[]
      /** Each a resource of this seed. */
      resources?: (
        | string
        | {
            /** The alias of a resource. */
            resource: string
            /** The level of the access. */
            access_level_remote_id?: string
            /** When the access ends; never if left out. Absolute, or relative to the clock when the seed is applied. */
            expiration_date?: string
          }
      )[]
      /** Each a tag of this seed. */
      tags?: string[]
    }
  >
  /** Who is in which group. */
  group_users?: {
    /** The group. */
    group: string
    /** The user. */
    user: string
    /** The remote id of one of its levels; the default level if left out. */
    access_level?: string
    /** When the access expires; never if left out. Absolute, or relative to the clock when the seed is applied. */
    expires_at?: string
    /** Null if the access was synced from the remote system. */
    pushed_at?: string | null
    /** The push's own timeline. */
    propagation?: Timeline | null
  }[]
  /** By alias. */
  resources?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      resource_id?: string
      /** The name. */
      name: string
      /** What it is for. */
      description?: string
      resource_type?: ResourceTypeEnum
      /** Levels besides the default one: name and remote id. */
      access_levels?: Record<string, string>
      propagation?: Timeline
      /** The app that it belongs to. */
      app_id?: string
      /** The app that it belongs to. Its alias in this seed. */
      app?: string
      /** The resource's id in the remote system. */
      remote_resource_id?: string
      /** The resource's name in the remote system. */
      remote_resource_name?: string
      /** The resource that it is part of. */
      parent_resource_id?: string
      /** The resource that it is part of. Its alias in this seed. */
      parent_resource?: string
      remote_info?: ResourceRemoteInfo
      /** Free text, formerly used for the remote system. */
      metadata?: string
      /** The owner who administers the resource. */
      admin_owner_id?: string
      /** The owner who administers the resource. Its alias in this seed. */
      admin_owner?: string
      require_mfa_to_approve?: boolean
      require_mfa_to_connect?: boolean
      /** A configuration template. */
      configuration_template_id?: string
      ticket_propagation?: TicketPropagationConfiguration
      /** How access is requested. */
      request_configurations?: RequestConfiguration[]
      max_duration?: number
      recommended_duration?: number
      require_manager_approval?: boolean
      require_support_ticket?: boolean
      require_mfa_to_request?: boolean
      auto_approval?: boolean
      /** A request template. */
      request_template_id?: string
      is_requestable?: boolean
      extensions_duration_in_minutes?: number
      last_successful_sync?: SyncTask
      /** The notification that is sent when access is requested. */
      custom_request_notification?: string | null
      risk_sensitivity_override?: RiskSensitivityEnum
      /** A folder. */
      folder_id?: string
      visibility?: VisibilityTypeEnum
      /** What the role permits. */
      scoped_role_permissions?: ScopedRolePermission[]
      /** Each a group of this seed. */
      visibility_groups?: string[]
      /** Each a message channel of this seed. */
      message_channels?: string[]
      /** Each a tag of this seed. */
      tags?: string[]
      /** Each a group of this seed. */
      idp_group_mappings?: (
        | string
        | {
            /** The alias of a group. */
            group: string
            /** The name that people see. */
            alias?: string
            /** Whether people do not see it. */
            hidden_from_end_user?: boolean
          }
      )[]
    }
  >
  /** Who has access to which resource. */
  resource_users?: {
    /** The resource. */
    resource: string
    /** The user. */
    user: string
    /** The remote id of one of its levels; the default level if left out. */
    access_level?: string
    /** When the access expires; never if left out. Absolute, or relative to the clock when the seed is applied. */
    expires_at?: string
    /** Null if the access was synced from the remote system. */
    pushed_at?: string | null
    /** The push's own timeline. */
    propagation?: Timeline | null
  }[]
  /** By alias. */
  apps?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      app_id?: string
      /** The name. */
      name: string
      /** What it is for. */
      description: string
      /** The owner who administers it. */
      admin_owner_id?: string
      /** The owner who administers it. Its alias in this seed. */
      admin_owner?: string
      app_type: AppTypeEnum
      /** The last checks of its connection. */
      validations?: AppValidation[]
    }
  >
  /** By alias. */
  owners?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      owner_id?: string
      /** The name. */
      name: string
      /** Who that is. */
      description?: string
      /** After how many minutes a request is escalated to the next user. */
      access_request_escalation_period?: number
      /** Where its reviewers are notified. */
      reviewer_message_channel_id?: string
      /** Where its reviewers are notified. Its alias in this seed. */
      reviewer_message_channel?: string
      /** The group whose members are its users. */
      source_group_id?: string
      /** The group whose members are its users. Its alias in this seed. */
      source_group?: string
      /** Each a user of this seed. */
      users?: string[]
    }
  >
  /** By alias. */
  message_channels?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      message_channel_id?: string
      third_party_provider: MessageChannelProviderEnum
      /** Its id there. */
      remote_id: string
      /** The name. */
      name?: string
      /** Whether it is private. */
      is_private?: boolean
    }
  >
  /** By alias. */
  on_call_schedules?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      on_call_schedule_id?: string
      third_party_provider: OnCallScheduleProviderEnum
      /** Its id there. */
      remote_id: string
      /** The name. */
      name?: string
    }
  >
  /** By alias. */
  tags?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      tag_id?: string
      /** The key. */
      key: string
      /** The value. */
      value?: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
      /** Who created it. */
      user_creator_id?: string
      /** Who created it. Its alias in this seed. */
      user_creator?: string
    }
  >
  /** By alias. */
  requests?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      request_id?: string
      /** Who made it. */
      requester_id?: string
      /** Who made it. Its alias in this seed. */
      requester?: string
      /** Who gets the access. */
      target_user_id?: string
      /** Who gets the access. Its alias in this seed. */
      target_user?: string
      /** The group that gets the access. */
      target_group_id?: string
      /** The group that gets the access. Its alias in this seed. */
      target_group?: string
      status: RequestStatusEnum
      /** Why. */
      reason: string
      /** How many minutes the access lasts; 0 and -1 never end. */
      duration_minutes: number
      /** When it was made. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
      /** When it is decided without a reviewer. Absolute, or relative to the clock when the seed is applied. */
      decides_at?: string
      /** How it is decided then. */
      decision?: 'approve' | 'deny'
      /** What is requested. */
      items: {
        /** The group. */
        group_id?: string
        /** The resource. */
        resource_id?: string
        /** The level. */
        access_level_remote_id: string
        /** Its reviewer stages. */
        stages: {
          operator: 'AND' | 'OR'
          require_manager_approval: boolean
          require_admin_approval?: boolean
          owner_ids: string[]
          service_user_ids?: string[]
          escalation?: { delay_minutes: number; owner_ids?: string[]; user_ids?: string[] }
        }[]
        /** The index of the stage that is being reviewed. */
        current: number
        /** When that stage began. */
        since: string
        /** By stage, who approved. */
        approved_by: string[][]
        /** Who denied it. */
        denied_by?: string
      }[]
      /** Comments, in order. */
      comments?: {
        /** When it was made. */
        created_at: string
        /** Who made it. */
        user_id: string
        /** The text. */
        comment: string
      }[]
      /** A ticket that is about the request. */
      support_ticket?: {
        ticketing_provider: TicketingProviderEnum
        /** The ticket's id there. */
        remote_id: string
        /** What people call the ticket. */
        identifier: string
        /** Where it is shown. */
        url: string
      }
      /** Answers to the fields of a request template. */
      custom_metadata?: {
        /** Which field. */
        name: string
        type: RequestTemplateCustomFieldTypeEnum
        /** Its value. */
        value: string
      }[]
    }
  >
  /** By alias. */
  delegations?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      delegation_id?: string
      /** Whose reviews are delegated. */
      delegator_user_id?: string
      /** Whose reviews are delegated. Its alias in this seed. */
      delegator_user?: string
      /** Who reviews for them. */
      delegate_user_id?: string
      /** Who reviews for them. Its alias in this seed. */
      delegate_user?: string
      /** When it begins. Absolute, or relative to the clock when the seed is applied. */
      start_time?: string
      /** When it ends. Absolute, or relative to the clock when the seed is applied. */
      end_time?: string
      /** Why. */
      reason: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
    }
  >
  /** By alias. */
  remote_users?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      remote_user_id?: string
      /** The user. */
      user_id?: string
      /** The user. Its alias in this seed. */
      user?: string
      /** The account's id there. */
      remote_id: string
      third_party_provider: ThirdPartyProviderEnum
    }
  >
  /** By alias. */
  sync_errors?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      sync_error_id?: string
      /** When it first occurred. Absolute, or relative to the clock when the seed is applied. */
      first_seen?: string
      /** When it last occurred. Absolute, or relative to the clock when the seed is applied. */
      last_seen?: string
      /** What went wrong. */
      error_message: string
      /** The app that was synced. */
      app_id?: string
      /** The app that was synced. Its alias in this seed. */
      app?: string
      /** The resource that was synced. */
      resource_id?: string
      /** The resource that was synced. Its alias in this seed. */
      resource?: string
      /** The group that was synced. */
      group_id?: string
      /** The group that was synced. Its alias in this seed. */
      group?: string
    }
  >
  /** By alias. */
  bundles?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      bundle_id?: string
      /** The name. */
      name: string
      /** What it is for. */
      description?: string
      /** The owner who administers it. */
      admin_owner_id?: string
      /** The owner who administers it. Its alias in this seed. */
      admin_owner?: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
      visibility?: VisibilityTypeEnum
      /** Each a resource of this seed. */
      resources?: (
        | string
        | {
            /** The alias of a resource. */
            resource: string
            /** The name of the level of the access. */
            access_level_name?: string
            /** The level of the access; empty for the default level. */
            access_level_remote_id?: string
          }
      )[]
      /** Each a group of this seed. */
      groups?: (
        | string
        | {
            /** The alias of a group. */
            group: string
            /** The name of the level of the access. */
            access_level_name?: string
            /** The level of the access; empty for the default level. */
            access_level_remote_id?: string
          }
      )[]
      /** Each a group of this seed. */
      visibility_groups?: string[]
    }
  >
  /** By alias. */
  event_streams?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      event_stream_id?: string
      /** The name. */
      name: string
      connection_type: EventStreamConnectionTypeEnum
      /** Whether events are sent. */
      enabled: boolean
      /** Where events are posted. */
      webhook_url?: string
      credentials?: WebhookCredentials
    }
  >
  /** By alias. */
  configuration_templates?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      configuration_template_id?: string
      /** The name. */
      name: string
      /** The owner who administers it. */
      admin_owner_id?: string
      /** The owner who administers it. Its alias in this seed. */
      admin_owner?: string
      visibility: VisibilityInfo
      require_mfa_to_approve: boolean
      require_mfa_to_connect: boolean
      /** Where changes are posted. */
      linked_audit_message_channel_ids?: string[]
      /** Whose members have access. */
      member_oncall_schedule_ids?: string[]
      /** Who has access in an emergency. */
      break_glass_user_ids?: string[]
      ticket_propagation?: TicketPropagationConfiguration
      /** How access is requested. */
      request_configurations?: RequestConfiguration[]
      /** What is sent on a request. */
      custom_request_notification?: string
    }
  >
  /** By alias. */
  group_bindings?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      group_binding_id?: string
      /** The group whose members the others have. */
      source_group_id?: string
      /** The group whose members the others have. Its alias in this seed. */
      source_group?: string
      /** Who created it. */
      created_by_id?: string
      /** Who created it. Its alias in this seed. */
      created_by?: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** Each a group of this seed. */
      groups?: string[]
    }
  >
  /** By alias. */
  access_rules?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      access_rule_id?: string
      /** The name. */
      name: string
      /** What it is for. */
      description: string
      /** The owner who administers it. */
      admin_owner_id?: string
      /** The owner who administers it. Its alias in this seed. */
      admin_owner?: string
      /** Whether it applies. */
      status: 'ACTIVE' | 'PAUSED'
      ruleClauses: RuleClauses
    }
  >
  /** By alias. */
  uars?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      uar_id?: string
      /** The name. */
      name: string
      reviewer_assignment_policy: UARReviewerAssignmentPolicyEnum
      /** Whether reviewers are notified. */
      send_reviewer_assignment_notification: boolean
      /** The time zone of the deadline. */
      time_zone: string
      /** Whether users review their own access. */
      self_review_allowed: boolean
      /** When it ends. Absolute, or relative to the clock when the seed is applied. */
      deadline?: string
      /** Whether access ends as soon as it is rejected. */
      instantly_action_reviews: boolean
      uar_scope?: UARScope
    }
  >
  /** By alias. */
  campaigns?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      campaign_id?: string
      /** The name. */
      name: string
      status: CampaignStatusEnum
      /** Whether it is a template for others. */
      is_template: boolean
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
      /** Who created it. */
      created_by_user_id?: string
      /** Who created it. Its alias in this seed. */
      created_by_user?: string
      configuration?: CampaignConfiguration
      /** When it was started. Absolute, or relative to the clock when the seed is applied. */
      started_at?: string
      /** Who started it. */
      started_by_user_id?: string
      /** Who started it. Its alias in this seed. */
      started_by_user?: string
      /** When it was stopped. Absolute, or relative to the clock when the seed is applied. */
      stopped_at?: string
      /** Who stopped it. */
      stopped_by_user_id?: string
      /** Who stopped it. Its alias in this seed. */
      stopped_by_user?: string
      /** When it was ended. Absolute, or relative to the clock when the seed is applied. */
      ended_at?: string
      /** Who ended it. */
      ended_by_user_id?: string
      /** Who ended it. Its alias in this seed. */
      ended_by_user?: string
    }
  >
  /** By alias. */
  sessions?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      connection_id?: string
      /** Who is connected. */
      user_id?: string
      /** Who is connected. Its alias in this seed. */
      user?: string
      /** What they are connected to. */
      resource_id?: string
      /** What they are connected to. Its alias in this seed. */
      resource?: string
      access_level: ResourceAccessLevel
      /** When it ends. Absolute, or relative to the clock when the seed is applied. */
      expiration_date?: string
    }
  >
  /** Rules that make calls fail; the first one that matches applies. */
  faults?: FaultRule[]
  /** Rules for what calls may change. A call that breaks one is answered as always, and is a violation. */
  forbid?: string[]
  /** States that POST /_sandbox/states can set up, by name: what each adds to the organization. */
  states?: Record<string, SeedFragment>
  /** Whether to add the magic users, one for every outcome. */
  magic?: boolean
  /** In an export: the counter from which new ids are derived. */
  next_sequence?: number
}

/** What an organization does where Opal's documentation is silent. */
export interface Settings {
  /** What a PUT does if the user has no access to the group or resource. */
  missing_group_user_on_update?: 'not_found' | 'create'
  /** What a POST does if the user already has access. */
  re_add?: 'replace' | 'conflict'
  /** What a negative duration does. */
  negative_duration?: 'revoke' | 'reject'
  /** What happens to a level that the group or resource does not have. */
  unknown_access_level?: 'reject' | 'accept'
  /** What deleting an owner does if something refers to it. */
  owner_in_use?: 'conflict' | 'delete'
  /** What creating a tag does if there is one with the same key and value. */
  existing_tag?: 'conflict' | 'return'
  /** Who decides access requests that no auto approval covers: reviewers, or the sandbox at once. */
  requests?: 'manual' | 'approve' | 'deny'
  /** What happens to fields and parameters that the API does not know. */
  unknown_fields?: 'report' | 'reject'
  /** How many digits of a second the dates of the API have. `microseconds`: up to six, without trailing zeros, and none for a whole second. The schemas of the API describe the default of this setting and of the next three. */
  timestamps?: 'milliseconds' | 'microseconds'
  /** How a group user at the default level shows it: with two empty fields, as null, or not at all. */
  default_access_level?: 'object' | 'null' | 'absent' | null
  /** How `propagation_status` is shown for access found in the remote system. */
  propagation_of_synced?: 'absent' | 'null' | null
  /** The body of errors under /v1. `opal_2024`: only `Message`, which Opal's Terraform provider read. */
  error_body?: 'sandbox' | 'opal_2024'
  /** The longest duration that a PUT or a POST can name. By default it is the maximum of Opal's reference page; Opal's newest document has 153722867. */
  max_duration_minutes?: number
  /** The timeline of pushes if neither the user nor the group has one; null for none. */
  propagation?: Timeline | null
  /** `documented`: 100 requests per second, 50 for PUT and POST /v1/groups. */
  rate_limit?:
    | 'off'
    | 'documented'
    | {
        /** Requests of all kinds. */
        requests_per_second: number
        /** Requests that create or change groups; the same rate as for all requests if left out. */
        group_writes_per_second?: number
      }
}

/** A saved state. */
export interface Snapshot {
  /** The name. */
  name: string
  /** When it was saved, by the clock of the organization. */
  created_at: string
}

/** Exactly one of these. A frozen clock stays frozen when it is set or advanced. */
export interface TurnClock {
  /** Move forward by this duration. */
  advance?: string
  /** Move to this moment, also backwards. */
  set?: string
  /** Stop the clock, or let it run on from here. */
  freeze?: boolean
  /** Go back to the clock that the organization started with. */
  reset?: true
}

/** What was undone. */
export interface Undone {
  /** The ids of the requests whose changes were undone, in the order of the changes. */
  undone: string[]
  /** How that changed the state, one item for each row. */
  results: Change[]
}

/** A change that a rule forbids. */
export interface Violation {
  /** `default`, or `org-<name>`. */
  organization: string
  /** The id of the call. */
  request_id: string
  /** The operation that was called. */
  operation: string
  /** The rule that it broke. */
  rule: string
  /** What it changed. */
  noun:
    | 'clock'
    | 'settings'
    | 'user'
    | 'group'
    | 'access_level'
    | 'group_user'
    | 'resource'
    | 'resource_access_level'
    | 'resource_user'
    | 'token'
    | 'app'
    | 'owner'
    | 'message_channel'
    | 'on_call_schedule'
    | 'tag'
    | 'remote_user'
    | 'request'
    | 'delegation'
    | 'sync_error'
    | 'bundle'
    | 'configuration_template'
    | 'group_binding'
    | 'access_rule'
    | 'uar'
    | 'campaign'
    | 'session'
    | 'event_stream'
    | 'owner_user'
    | 'group_visibility'
    | 'group_message_channel'
    | 'group_on_call_schedule'
    | 'group_containing_group'
    | 'group_resource'
    | 'resource_visibility'
    | 'resource_message_channel'
    | 'group_tag'
    | 'user_tag'
    | 'resource_tag'
    | 'bundle_resource'
    | 'bundle_group'
    | 'group_binding_group'
    | 'idp_group_mapping'
    | 'bundle_visibility'
  /** The ids that name it. */
  key: Record<string, string>
  /** In which way. */
  message: string
}

/** A user's access to a group. Access found in the remote system has no propagation status. */
export interface GroupUser {
  /** The group. */
  group_id: string
  /** The group's name. */
  group_name: string
  /** The group's description. */
  description: string
  /** The user. */
  user_id: string
  access_level: GroupAccessLevel
  /** The user's full name. */
  full_name: string
  /** The user's email address. */
  email: string
  /** When the access ends; null if it does not. */
  expiration_date: string | null
  propagation_status?: PropagationStatus
}

/** How something was changed. */
export interface Change {
  /** What was changed: a noun, or a kind of link between two of them. */
  noun:
    | 'clock'
    | 'settings'
    | 'user'
    | 'group'
    | 'access_level'
    | 'group_user'
    | 'resource'
    | 'resource_access_level'
    | 'resource_user'
    | 'token'
    | 'app'
    | 'owner'
    | 'message_channel'
    | 'on_call_schedule'
    | 'tag'
    | 'remote_user'
    | 'request'
    | 'delegation'
    | 'sync_error'
    | 'bundle'
    | 'configuration_template'
    | 'group_binding'
    | 'access_rule'
    | 'uar'
    | 'campaign'
    | 'session'
    | 'event_stream'
    | 'owner_user'
    | 'group_visibility'
    | 'group_message_channel'
    | 'group_on_call_schedule'
    | 'group_containing_group'
    | 'group_resource'
    | 'resource_visibility'
    | 'resource_message_channel'
    | 'group_tag'
    | 'user_tag'
    | 'resource_tag'
    | 'bundle_resource'
    | 'bundle_group'
    | 'group_binding_group'
    | 'idp_group_mapping'
    | 'bundle_visibility'
  /** The ids that name it; empty for the clock and the settings. */
  key: Record<string, string>
  /** What happened to it. */
  change: 'created' | 'updated' | 'removed'
  /** Its fields before, of an update only those that differ; left out if it was created. */
  before?: Record<string, unknown>
  /** Its fields after, of an update only those that differ; left out if it was removed. */
  after?: Record<string, unknown>
}

/** What went wrong, for programs. A rule can send any other code. */
export type ErrorCode =
  | 'TOKEN_MISSING'
  | 'TOKEN_UNKNOWN'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REVOKED'
  | 'TOKEN_READ_ONLY'
  | 'RATE_LIMITED'
  | 'FAULT_INJECTED'
  | 'BODY_TOO_LARGE'
  | 'CONTENT_TYPE_UNSUPPORTED'
  | 'INVALID_REQUEST'
  | 'GROUP_NOT_FOUND'
  | 'USER_NOT_FOUND'
  | 'GROUP_USER_NOT_FOUND'
  | 'RESOURCE_USER_NOT_FOUND'
  | 'CONTAINING_GROUP_NOT_FOUND'
  | 'ACCESS_LEVEL_NOT_FOUND'
  | 'GROUP_USER_EXISTS'
  | 'RESOURCE_USER_EXISTS'
  | 'RESOURCE_CYCLE'
  | 'USER_EXISTS'
  | 'MANAGER_CYCLE'
  | 'OWN_USER'
  | 'TOKEN_NOT_FOUND'
  | 'APP_NOT_FOUND'
  | 'OWNER_NOT_FOUND'
  | 'OWNER_IN_USE'
  | 'MESSAGE_CHANNEL_NOT_FOUND'
  | 'ON_CALL_SCHEDULE_NOT_FOUND'
  | 'TAG_NOT_FOUND'
  | 'TAG_EXISTS'
  | 'RESOURCE_NOT_FOUND'
  | 'ACCESS_REQUEST_NOT_FOUND'
  | 'REQUEST_NOT_PENDING'
  | 'NOT_A_REVIEWER'
  | 'DELEGATION_NOT_FOUND'
  | 'EVENT_NOT_FOUND'
  | 'RECORD_NOT_FOUND'
  | 'CROSS_SITE_REQUEST'
  | 'SNAPSHOT_NOT_FOUND'
  | 'FAULT_NOT_FOUND'
  | 'REQUEST_NOT_FOUND'
  | 'WAIT_TIMEOUT'
  | 'WAIT_ENDED'
  | 'SNAPSHOT_LIMIT'
  | 'UNDO_IMPOSSIBLE'
  | 'STATE_NOT_FOUND'
  | 'DEFAULT_ORGANIZATION'
  | 'ROUTE_NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_SIMULATED'
  | 'HEADERS_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'INTERNAL_ERROR'
  | 'DATABASE_UNAVAILABLE'

export type OperationId =
  | 'update_group_user'
  | 'add_group_user'
  | 'delete_group_user'
  | 'get_group_users'
  | 'get_user_groups'
  | 'getGroups'
  | 'createGroup'
  | 'updateGroups'
  | 'getGroup'
  | 'delete_group'
  | 'get_group_message_channels'
  | 'set_group_message_channels'
  | 'get_group_on_call_schedules'
  | 'set_group_on_call_schedules'
  | 'get_group_resources'
  | 'set_group_resources'
  | 'get_group_containing_groups'
  | 'add_group_containing_group'
  | 'get_group_containing_group'
  | 'remove_group_containing_group'
  | 'add_group_resource'
  | 'get_group_visibility'
  | 'set_group_visibility'
  | 'get_group_reviewers'
  | 'set_group_reviewers'
  | 'get_group_reviewer_stages'
  | 'set_group_reviewer_stages'
  | 'get_group_tags'
  | 'get_group_access_levels'
  | 'getUsers'
  | 'inviteUser'
  | 'getRemoteUsers'
  | 'get_user_tags'
  | 'getUserByID'
  | 'updateUser'
  | 'deleteUser'
  | 'getUserWhoami'
  | 'user'
  | 'getTokens'
  | 'deleteToken'
  | 'getApps'
  | 'getApp'
  | 'getBundles'
  | 'createBundle'
  | 'getBundle'
  | 'updateBundle'
  | 'deleteBundle'
  | 'getBundleResources'
  | 'addBundleResource'
  | 'removeBundleResource'
  | 'getBundleGroups'
  | 'addBundleGroup'
  | 'removeBundleGroup'
  | 'getBundleVisibility'
  | 'setBundleVisibility'
  | 'getCampaigns'
  | 'createCampaign'
  | 'getCampaign'
  | 'updateCampaign'
  | 'startCampaign'
  | 'stopCampaign'
  | 'endCampaign'
  | 'getConfigurationTemplates'
  | 'createConfigurationTemplate'
  | 'updateConfigurationTemplate'
  | 'deleteConfigurationTemplate'
  | 'getEventStreams'
  | 'createEventStream'
  | 'updateEventStream'
  | 'deleteEventStream'
  | 'events'
  | 'getEvent'
  | 'getGroupBindings'
  | 'createGroupBinding'
  | 'updateGroupBindings'
  | 'getGroupBinding'
  | 'deleteGroupBinding'
  | 'getIdpGroupMappings'
  | 'updateIdpGroupMappings'
  | 'getIdpGroupMapping'
  | 'createIdpGroupMapping'
  | 'delete_idp_group_mappings'
  | 'get_owners'
  | 'createOwner'
  | 'updateOwners'
  | 'getOwner'
  | 'delete_owner'
  | 'getOwnerFromName'
  | 'get_owner_users'
  | 'set_owner_users'
  | 'getRequests'
  | 'createRequest'
  | 'getRequestsRelay'
  | 'getRequest'
  | 'approveRequest'
  | 'denyRequest'
  | 'getRequestComments'
  | 'createRequestComment'
  | 'getResources'
  | 'createResource'
  | 'updateResources'
  | 'get_resource'
  | 'delete_resource'
  | 'get_resource_message_channels'
  | 'set_resource_message_channels'
  | 'get_resource_visibility'
  | 'set_resource_visibility'
  | 'get_resource_reviewers'
  | 'set_resource_reviewers'
  | 'get_resource_reviewer_stages'
  | 'set_resource_reviewer_stages'
  | 'get_resource_nhis'
  | 'get_resource_users'
  | 'add_resource_nhi'
  | 'delete_resource_nhi'
  | 'getResourceUser'
  | 'add_resource_user'
  | 'update_resource_user'
  | 'delete_resource_user'
  | 'get_resource_tags'
  | 'get_resource_scoped_role_permissions'
  | 'set_resource_scoped_role_permissions'
  | 'get_user_resources'
  | 'get_resource_groups'
  | 'get_resource_access_levels'
  | 'get_nhis'
  | 'resource_user_access_status_retrieve'
  | 'sessions'
  | 'get_access_rules'
  | 'create_access_rule'
  | 'get_access_rule'
  | 'update_access_rule'
  | 'get_tag_by_ID'
  | 'delete_tag_by_ID'
  | 'get_tag'
  | 'create_tag'
  | 'getTags'
  | 'add_user_tag'
  | 'remove_user_tag'
  | 'add_group_tag'
  | 'remove_group_tag'
  | 'add_resource_tag'
  | 'remove_resource_tag'
  | 'get_message_channels'
  | 'create_message_channel'
  | 'get_message_channel'
  | 'get_on_call_schedules'
  | 'create_on_call_schedule'
  | 'get_on_call_schedule'
  | 'runOpalQuery'
  | 'getUARs'
  | 'create_uar'
  | 'get_uar'
  | 'getSyncErrors'
  | 'getDelegations'
  | 'createDelegation'
  | 'getDelegation'
  | 'deleteDelegation'
  | 'createPaladin'
  | 'getPaladin'
  | 'updatePaladin'
  | 'deletePaladin'
  | 'getPaladinFromName'
  | 'listPaladinContextSources'
  | 'createPaladinContextSource'
  | 'deletePaladinContextSource'
  | 'getRequestTemplates'
  | 'createRequestTemplate'
  | 'updateRequestTemplate'
  | 'getRequestTemplate'
  | 'deleteRequestTemplate'
  | 'getOpalScripts'
  | 'createOpalScript'
  | 'getOpalScript'
  | 'updateOpalScript'
  | 'deleteOpalScript'

/** The statuses that a change goes through as it propagates to the remote system. */
export type Timeline = {
  /** The propagation status. */
  status:
    | 'SUCCESS'
    | 'ERR_REMOTE_INTERNAL_ERROR'
    | 'ERR_REMOTE_USER_NOT_FOUND'
    | 'ERR_REMOTE_USER_NOT_LINKED'
    | 'ERR_REMOTE_RESOURCE_NOT_FOUND'
    | 'ERR_REMOTE_THROTTLE'
    | 'ERR_NOT_AUTHORIZED_TO_QUERY_RESOURCE'
    | 'ERR_REMOTE_PROVISIONING_VIA_IDP_FAILED'
    | 'ERR_IDP_EMAIL_UPDATE_CONFLICT'
    | 'ERR_TIMEOUT'
    | 'ERR_UNKNOWN'
    | 'ERR_OPAL_INTERNAL_ERROR'
    | 'ERR_ORG_READ_ONLY'
    | 'ERR_OPERATION_UNSUPPORTED'
    | 'PENDING'
    | 'PENDING_MANUAL_PROPAGATION'
    | 'PENDING_TICKET_CREATION'
    | 'ERR_TICKET_CREATION_SKIPPED'
    | 'ERR_DRY_RUN_MODE_ENABLED'
    | 'ERR_HR_IDP_PROVIDER_NOT_LINKED'
    | 'ERR_REMOTE_UNRECOVERABLE_ERROR'
    | 'ERR_REMOTE_TICKET_NOT_FOUND'
    | 'ERR_CONNECTION_VALIDATION_FAILED'
  /** How long the status lasts; the last one lasts forever. */
  for?: string
}[]

/** The kind of group. */
export type GroupTypeEnum =
  | 'ACTIVE_DIRECTORY_GROUP'
  | 'AWS_SSO_GROUP'
  | 'DATABRICKS_ACCOUNT_GROUP'
  | 'DUO_GROUP'
  | 'GIT_HUB_TEAM'
  | 'GIT_LAB_GROUP'
  | 'GOOGLE_GROUPS_GROUP'
  | 'GOOGLE_GROUPS_GKE_GROUP'
  | 'LDAP_GROUP'
  | 'OKTA_GROUP'
  | 'OKTA_GROUP_RULE'
  | 'TAILSCALE_GROUP'
  | 'OPAL_GROUP'
  | 'OPAL_ACCESS_RULE'
  | 'AZURE_AD_SECURITY_GROUP'
  | 'AZURE_AD_MICROSOFT_365_GROUP'
  | 'CONNECTOR_GROUP'
  | 'SNOWFLAKE_ROLE'
  | 'WORKDAY_USER_SECURITY_GROUP'
  | 'PAGERDUTY_ON_CALL_SCHEDULE'
  | 'INCIDENTIO_ON_CALL_SCHEDULE'
  | 'ROOTLY_ON_CALL_SCHEDULE'
  | 'DEVIN_GROUP'
  | 'GIT_HUB_ENTERPRISE_TEAM'
  | 'GRAFANA_TEAM'
  | 'CLICKHOUSE_ROLE'
  | 'SLACK_USER_GROUP'
  | 'TWINGATE_GROUP'
  | 'TWINGATE_GROUP_SYNCED'
  | 'ZENDESK_GROUP'
  | 'ZENDESK_ORGANIZATION'
  | 'HUBSPOT_TEAM'
  | 'TABLEAU_GROUP'
  | 'CONFLUENCE_GROUP'
  | 'JIRA_GROUP'
  | 'DOCUSIGN_GROUP'
  | 'ZOOM_GROUP'
  | 'LINEAR_TEAM'
  | 'RAMP_DEPARTMENT'
  | 'RAMP_LOCATION'
  | 'WRIKE_GROUP'
  | 'AXIOM_GROUP'

/** Identifies the group in the remote system. */
export interface GroupRemoteInfo {
  active_directory_group?: { group_id: string }
  tailscale_group?: { group_id: string }
  twingate_group?: { group_id: string }
  twingate_group_synced?: { group_id: string }
  aws_sso_group?: { group_id: string }
  databricks_account_group?: { group_id: string }
  connector_group?: { group_id: string }
  github_team?: { team_slug: string; team_id?: string; org_name?: string }
  github_enterprise_team?: { team_slug: string }
  gitlab_group?: { group_id: string }
  google_group?: { group_id: string }
  ldap_group?: { group_id: string }
  okta_group?: { group_id: string }
  duo_group?: { group_id: string }
  azure_ad_security_group?: { group_id: string }
  azure_ad_microsoft_365_group?: { group_id: string }
  snowflake_role?: { role_id: string }
  okta_group_rule?: { rule_id: string }
  workday_user_security_group?: { group_id: string }
  pagerduty_on_call_schedule?: { schedule_id: string }
  incidentio_on_call_schedule?: { schedule_id: string }
  rootly_on_call_schedule?: { schedule_id: string }
  devin_group?: { group_name: string }
  clickhouse_role?: { role_id: string }
  grafana_team?: { team_id: string }
  zendesk_group?: { group_id: string }
  slack_user_group?: { group_id: string }
  zendesk_organization?: { organization_id: string }
  hubspot_team?: { team_id: string }
  tableau_group?: { group_id: string }
  confluence_group?: { group_id: string }
  jira_group?: { group_id: string }
  docusign_group?: { group_id: string }
  docusign_signing_group?: { signing_group_id: string }
  zoom_group?: { group_id: string }
  linear_team?: { team_id: string }
  ramp_department?: { department_id: string }
  ramp_location?: { location_id: string }
  wrike_group?: { group_id: string }
  axiom_group?: { group_id: string }
}

/** How access is requested. */
export interface RequestConfiguration {
  condition?: Condition
  allow_requests: boolean
  auto_approval: boolean
  require_mfa_to_request: boolean
  max_duration_minutes?: number
  recommended_duration_minutes?: number
  require_support_ticket: boolean
  extensions_duration_in_minutes?: number
  /** A request template. */
  request_template_id?: string
  reviewer_stages?: ReviewerStage[]
  priority: number
  /** The organization; Opal shows it without documenting it. */
  organization_id?: string
  reason_optional?: boolean | null
}

/** How risky the access is. */
export type RiskSensitivityEnum = 'UNKNOWN' | 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'NONE'

/** A synchronization with the remote system. */
export interface SyncTask {
  /** The synchronization. */
  id: string
  /** When it completed. */
  completed_at: string
}

/** Who can see it: everybody, or only the members of some groups. */
export type VisibilityTypeEnum = 'GLOBAL' | 'LIMITED'

/** The kind of resource. */
export type ResourceTypeEnum =
  | 'AWS_IAM_ROLE'
  | 'AWS_EC2_INSTANCE'
  | 'AWS_EKS_CLUSTER'
  | 'AWS_RDS_POSTGRES_CLUSTER'
  | 'AWS_RDS_POSTGRES_INSTANCE'
  | 'AWS_RDS_MYSQL_CLUSTER'
  | 'AWS_RDS_MYSQL_INSTANCE'
  | 'AWS_ACCOUNT'
  | 'AWS_SSO_PERMISSION_SET'
  | 'AWS_ORGANIZATIONAL_UNIT'
  | 'AZURE_MANAGEMENT_GROUP'
  | 'AZURE_RESOURCE_GROUP'
  | 'AZURE_SUBSCRIPTION'
  | 'AZURE_VIRTUAL_MACHINE'
  | 'AZURE_STORAGE_ACCOUNT'
  | 'AZURE_STORAGE_CONTAINER'
  | 'AZURE_SQL_SERVER'
  | 'AZURE_SQL_MANAGED_INSTANCE'
  | 'AZURE_SQL_DATABASE'
  | 'AZURE_SQL_MANAGED_DATABASE'
  | 'AZURE_USER_ASSIGNED_MANAGED_Identity'
  | 'AZURE_ENTRA_ID_ROLE'
  | 'AZURE_ENTERPRISE_APP'
  | 'CUSTOM'
  | 'CUSTOM_CONNECTOR'
  | 'DATABRICKS_ACCOUNT_SERVICE_PRINCIPAL'
  | 'GCP_ORGANIZATION'
  | 'GCP_BUCKET'
  | 'GCP_COMPUTE_INSTANCE'
  | 'GCP_FOLDER'
  | 'GCP_GKE_CLUSTER'
  | 'GCP_PROJECT'
  | 'GCP_CLOUD_SQL_POSTGRES_INSTANCE'
  | 'GCP_CLOUD_SQL_MYSQL_INSTANCE'
  | 'GCP_BIG_QUERY_DATASET'
  | 'GCP_BIG_QUERY_TABLE'
  | 'GCP_SERVICE_ACCOUNT'
  | 'GIT_HUB_REPO'
  | 'GIT_HUB_ORG_ROLE'
  | 'GIT_LAB_PROJECT'
  | 'GOOGLE_WORKSPACE_ROLE'
  | 'MONGO_INSTANCE'
  | 'MONGO_ATLAS_INSTANCE'
  | 'NETSUITE_ROLE'
  | 'DATADOG_ROLE'
  | 'OKTA_APP'
  | 'OKTA_ROLE'
  | 'OPAL_ROLE'
  | 'OPAL_SCOPED_ROLE'
  | 'PAGERDUTY_ROLE'
  | 'TAILSCALE_SSH'
  | 'SALESFORCE_PERMISSION_SET'
  | 'SALESFORCE_PROFILE'
  | 'SALESFORCE_ROLE'
  | 'SNOWFLAKE_DATABASE'
  | 'SNOWFLAKE_SCHEMA'
  | 'SNOWFLAKE_TABLE'
  | 'WORKDAY_ROLE'
  | 'MYSQL_INSTANCE'
  | 'MARIADB_INSTANCE'
  | 'POSTGRES_INSTANCE'
  | 'TELEPORT_ROLE'
  | 'ILEVEL_ADVANCED_ROLE'
  | 'DATASTAX_ASTRA_ROLE'
  | 'COUPA_ROLE'
  | 'CURSOR_ORGANIZATION'
  | 'OPENAI_PLATFORM_PROJECT'
  | 'OPENAI_PLATFORM_SERVICE_ACCOUNT'
  | 'ANTHROPIC_WORKSPACE'
  | 'GIT_HUB_ORG'
  | 'ORACLE_FUSION_ROLE'
  | 'DEVIN_ORGANIZATION'
  | 'DEVIN_ROLE'
  | 'VAULT_SECRET'
  | 'VAULT_POLICY'
  | 'VAULT_OIDC_ROLE'
  | 'GIT_HUB_ENTERPRISE_ROLE'
  | 'GRAFANA_FOLDER'
  | 'GRAFANA_DASHBOARD'
  | 'GRAFANA_BASIC_ROLE'
  | 'GRAFANA_ROLE'
  | 'CLICKHOUSE_DATABASE'
  | 'CLICKHOUSE_TABLE'
  | 'TWINGATE_RESOURCE'
  | 'ZENDESK_ROLE'
  | 'HUBSPOT_ROLE'
  | 'ALICLOUD_RAM_ROLE'
  | 'ALICLOUD_ECS_INSTANCE'

/** Identifies the resource in the remote system. */
export interface ResourceRemoteInfo {
  databricks_account_service_principal?: { application_id: string; resource_id: string }
  azure_subscription?: { resource_id: string }
  azure_resource_group?: { resource_id: string }
  azure_management_group?: { resource_id: string }
  azure_virtual_machine?: { resource_id: string }
  azure_storage_account?: { resource_id: string }
  azure_storage_container?: { resource_id: string }
  azure_sql_server?: { resource_id: string }
  azure_sql_database?: { resource_id: string }
  azure_sql_managed_instance?: { resource_id: string }
  azure_sql_managed_database?: { resource_id: string }
  azure_user_assigned_managed_identity?: { resource_id: string }
  azure_enterprise_app?: { resource_id: string }
  azure_entra_id_role?: { resource_id: string }
  aws_organizational_unit?: { parent_id?: string; organizational_unit_id: string }
  aws_account?: { account_id: string; organizational_unit_id?: string }
  aws_permission_set?: { arn: string; account_id: string }
  aws_iam_role?: { arn: string; account_id?: string }
  aws_ec2_instance?: { instance_id: string; region: string; account_id?: string }
  aws_rds_cluster?: {
    cluster_id: string
    region: string
    resource_id: string
    account_id: string
    database_name: string
    engine: RDSEngineEnum
  }
  aws_rds_instance?: { instance_id: string; region: string; resource_id: string; account_id?: string }
  aws_eks_cluster?: { arn: string; account_id?: string }
  custom_connector?: { remote_resource_id: string; can_have_usage_events: boolean }
  gcp_organization?: { organization_id: string }
  gcp_bucket?: { bucket_id: string }
  gcp_compute_instance?: { instance_id: string; project_id: string; zone: string }
  gcp_big_query_dataset?: { project_id: string; dataset_id: string }
  gcp_big_query_table?: { project_id: string; dataset_id: string; table_id: string }
  gcp_folder?: { folder_id: string }
  gcp_gke_cluster?: { cluster_name: string }
  gcp_project?: { project_id: string }
  gcp_sql_instance?: { instance_id: string; project_id: string }
  gcp_service_account?: { email: string; service_account_id: string; project_id: string }
  google_workspace_role?: { role_id: string }
  github_repo?: { repo_id?: string; repo_name: string; org_name?: string }
  github_org_role?: { role_id: string; org_name?: string }
  github_org?: { org_name: string }
  github_enterprise_role?: { role_id: string }
  gitlab_project?: { project_id: string }
  okta_app?: { app_id: string }
  okta_standard_role?: { role_type: string }
  okta_custom_role?: { role_id: string }
  snowflake_database?: { database_name: string }
  snowflake_schema?: { database_name: string; schema_name: string }
  snowflake_table?: { database_name: string; schema_name: string; table_name: string }
  ilevel_advanced_role?: { role_name: string }
  tailscale_ssh?: { tag_name: string }
  twingate_resource?: { resource_id: string }
  pagerduty_role?: { role_name: string }
  workday_role?: { role_id: string }
  salesforce_permission_set?: { permission_set_id: string }
  salesforce_profile?: { profile_id: string; user_license_id: string }
  salesforce_role?: { role_id: string }
  teleport_role?: { role_name: string }
  datastax_astra_role?: { role_id: string }
  coupa_role?: { role_id: string }
  cursor_organization?: { org_id: string }
  openai_platform_project?: { project_id: string }
  openai_platform_service_account?: { project_id: string; service_account_id: string }
  anthropic_workspace?: { workspace_id: string }
  oracle_fusion_role?: { role_id: string }
  devin_organization?: { org_id: string }
  devin_role?: { role_id: string }
  netsuite_role?: { role_id: string }
  datadog_role?: { role_id: string }
  clickhouse_database?: { database_name: string }
  clickhouse_table?: { database_name: string; table_name: string }
  grafana_folder?: { folder_uid: string }
  grafana_dashboard?: { dashboard_uid: string }
  grafana_role?: { role_uid: string }
  zendesk_role?: { role_id: string }
  hubspot_role?: { role_id: string }
  alicloud_ram_role?: { role_arn: string }
  alicloud_ecs_instance?: { instance_id: string }
}

/** Whether changes of access are made by tickets. */
export interface TicketPropagationConfiguration {
  enabled_on_grant: boolean
  enabled_on_revocation: boolean
  ticket_provider?: TicketingProviderEnum
  ticket_project_id?: string
}

/** What a role permits in Opal. */
export interface ScopedRolePermission {
  /** What it is about. */
  target_ids?: string[]
  target_type: RolePermissionTargetTypeEnum
  permission_name: RolePermissionNameEnum
  /** Whether it is about all of that kind. */
  allow_all: boolean
}

/** The kind of app. */
export type AppTypeEnum =
  | 'ACTIVE_DIRECTORY'
  | 'ANTHROPIC'
  | 'AZURE_AD'
  | 'AWS'
  | 'AWS_SSO'
  | 'CLICKHOUSE'
  | 'COUPA'
  | 'CURSOR'
  | 'CUSTOM'
  | 'CUSTOM_CONNECTOR'
  | 'DATABRICKS'
  | 'DATASTAX_ASTRA'
  | 'ALICLOUD'
  | 'DEVIN'
  | 'DUO'
  | 'GCP'
  | 'GIT_HUB'
  | 'GIT_LAB'
  | 'GOOGLE_GROUPS'
  | 'GOOGLE_WORKSPACE'
  | 'GRAFANA'
  | 'HUBSPOT'
  | 'ILEVEL'
  | 'INCIDENTIO'
  | 'LDAP'
  | 'MARIADB'
  | 'MONGO'
  | 'MONGO_ATLAS'
  | 'MYSQL'
  | 'NETSUITE'
  | 'DATADOG'
  | 'OKTA_CIAM'
  | 'OKTA_DIRECTORY'
  | 'OPENAI_PLATFORM'
  | 'OPAL'
  | 'ORACLE_FUSION'
  | 'PAGERDUTY'
  | 'POSTGRES'
  | 'ROOTLY'
  | 'SALESFORCE'
  | 'SNOWFLAKE'
  | 'SLACK'
  | 'TABLEAU'
  | 'TAILSCALE'
  | 'TELEPORT'
  | 'TWINGATE'
  | 'VAULT'
  | 'WORKDAY'
  | 'ZENDESK'

/** A check of an app's connection. */
export interface AppValidation {
  /** Which check that is. */
  key: string
  /** Its name. */
  name: unknown
  /** What it is needed for. */
  usage_reason?: string
  /** What was found. */
  details?: string
  severity: AppValidationSeverityEnum
  status: AppValidationStatusEnum
  /** When it was last made. */
  updated_at: string
}

/** Where the channel is. */
export type MessageChannelProviderEnum = 'SLACK'

/** Where the schedule is. */
export type OnCallScheduleProviderEnum = 'OPSGENIE' | 'PAGER_DUTY'

/** How far the request is. */
export type RequestStatusEnum = 'PENDING' | 'APPROVED' | 'DENIED' | 'CANCELED'

/** Where tickets are. */
export type TicketingProviderEnum = 'JIRA' | 'LINEAR' | 'SERVICE_NOW'

/** The kind of field. */
export type RequestTemplateCustomFieldTypeEnum = 'SHORT_TEXT' | 'LONG_TEXT' | 'BOOLEAN' | 'MULTI_CHOICE'

/** Where the account is. */
export type ThirdPartyProviderEnum =
  | 'AUTH0'
  | 'SLACK'
  | 'GOOGLE_CHAT'
  | 'JIRA'
  | 'LINEAR'
  | 'SERVICE_NOW'
  | 'FRESH_SERVICE'
  | 'SHORTCUT'
  | 'PAGER_DUTY'
  | 'OPSGENIE'
  | 'GIT_HUB'
  | 'GIT_LAB'
  | 'GIT_LAB_CONNECTION'
  | 'TELEPORT'

/** Where events go. */
export type EventStreamConnectionTypeEnum = 'WEBHOOK'

/** How the receiver knows that an event is from Opal. */
export interface WebhookCredentials {
  auth_type: WebhookAuthTypeEnum
  api_key_credentials?: WebhookApiKeyCredential[]
  hmac_credential_1?: WebhookHmacCredential
  hmac_credential_2?: WebhookHmacCredential
}

/** Who can see it. */
export interface VisibilityInfo {
  visibility: VisibilityTypeEnum
  /** The groups whose members can see it if the visibility is `LIMITED`. */
  visibility_group_ids?: string[]
}

/** Whom the rule gives access. */
export interface RuleClauses {
  when: RuleConjunction
  unless?: RuleConjunction
}

/** How reviewers are assigned. */
export type UARReviewerAssignmentPolicyEnum =
  'MANUALLY' | 'BY_OWNING_TEAM_ADMIN' | 'BY_OWNING_TEAM_ADMIN_ALL' | 'BY_MANAGER' | 'BY_APPROVERS' | 'BY_APPROVERS_ALL'

/** What is reviewed. */
export interface UARScope {
  /** What reviewers see. */
  group_visibility?: 'STRICT' | 'VIEW_VISIBLE_AND_ASSIGNED' | 'VIEW_ALL'
  /** The users whose access is reviewed. */
  users?: string[]
  /** How the filters are combined. */
  filter_operator?: 'ANY' | 'ALL'
  /** What is reviewed. */
  entities?: string[]
  /** The apps that are reviewed. */
  apps?: string[]
  /** The owners whose groups and resources are reviewed. */
  admins?: string[]
  group_types?: GroupTypeEnum[]
  resource_types?: ResourceTypeEnum[]
  include_group_bindings?: boolean
  tags?: TagFilter[]
  names?: string[]
}

/** Whether it has started and ended. */
export type CampaignStatusEnum = 'DRAFT' | 'ONGOING' | 'COMPLETED' | 'STOPPED' | 'ENDED'

/** What a campaign is about. */
export interface CampaignConfiguration {
  /** The configuration. */
  configuration_id: string
  /** When it was created. */
  created_at: string
  /** When it was last changed. */
  updated_at: string
  query?: OpalAccessPathQueryBody
  reviewer_assignment_policy: UARReviewerAssignmentPolicyEnum
  allow_self_review: boolean
  send_reviewer_assignment_notification: boolean
  allow_reviewer_reassignment: boolean
  /** The time zone of its dates. */
  timezone: string
  revoke_on: CampaignRevokeOnEnum
  reminder_include_manager: boolean
  require_reason_on_denial: boolean
  hide_ai_suggestions: boolean
  group_asset_visibility_policy: CampaignGroupAssetVisibilityPolicyEnum
  is_template: boolean
  /** When it starts. */
  start_date?: string | null
  /** When it ends. */
  end_date?: string | null
  reminder_schedule?: number[]
  custom_start_message?: string | null
  cron_expression?: string | null
  recurring_duration_days?: number | null
  /** Never shown: nothing runs. */
  next_scheduled_run?: string | null
  /** Never shown: nothing runs. */
  last_scheduled_run?: string | null
}

/** An access level of a resource. */
export interface ResourceAccessLevel {
  /** The display name; empty for the default level. */
  access_level_name: string
  /** The level's id in the remote system; empty for the default level. */
  access_level_remote_id: string
}

/** Parts of a seed, and of its entries. */
export interface SeedFragment {
  /** The organization's clock; that of the machine if left out. */
  clock?: {
    /** The moment at which the clock is frozen. */
    frozen_at?: string
    /** How many milliseconds it is ahead of the machine's clock. */
    offset_ms?: number
  }
  settings?: Settings
  /** By alias. */
  tokens?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      token_id?: string
      /** What it permits. */
      access_level?: 'FULL_ACCESS' | 'READ_ONLY'
      /** The name that people see. */
      token_label?: string
      /** The bearer token; only works in the organization `default`, and is never exported. */
      secret?: string
      /** The owner; the first user if left out. */
      user?: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it expires; never if left out. Absolute, or relative to the clock when the seed is applied. */
      expires_at?: string
      /** When it was revoked. Absolute, or relative to the clock when the seed is applied. */
      revoked_at?: string
    }
  >
  /** By alias. */
  users?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      user_id?: string
      /** The email address. */
      email?: string
      /** The full name. */
      full_name?: string
      /** The first word of the full name if left out. */
      first_name?: string
      /** The other words of the full name if left out. */
      last_name?: string
      /** The position in the company. */
      position?: string
      /** The user's status in the HR identity provider. */
      hr_idp_status?: 'ACTIVE' | 'SUSPENDED' | 'DEPROVISIONED' | 'DELETED' | 'NOT_FOUND'
      /** The manager. */
      manager?: string
      propagation?: Timeline
      /** Each a tag of this seed. */
      tags?: string[]
    }
  >
  /** By alias. */
  groups?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      group_id?: string
      /** The name. */
      name?: string
      /** What the group is for. */
      description?: string
      group_type?: GroupTypeEnum
      /** Levels besides the default one: name and remote id. */
      access_levels?: Record<string, string>
      propagation?: Timeline
      /** The app that the group belongs to. */
      app_id?: string
      remote_info?: GroupRemoteInfo
      /** Free text, formerly used for the remote system. */
      metadata?: string
      /** The group's id in the remote system. */
      remote_id?: string
      /** The group's name in the remote system. */
      remote_name?: string
      /** The owner who administers the group. */
      admin_owner_id?: string
      max_duration?: number
      recommended_duration?: number
      require_manager_approval?: boolean
      require_support_ticket?: boolean
      require_mfa_to_approve?: boolean
      require_mfa_to_request?: boolean
      auto_approval?: boolean
      /** A configuration template. */
      configuration_template_id?: string
      /** A request template. */
      request_template_id?: string
      is_requestable?: boolean
      /** Users who lead the group. */
      group_leader_user_ids?: string[]
      extensions_duration_in_minutes?: number
      /** How access is requested. */
      request_configurations?: RequestConfiguration[]
      /** The binding that the group is part of. */
      group_binding_id?: string
      /** Whether the name follows the remote system. */
      match_remote_name?: boolean
      /** Whether the description follows the remote system. */
      match_remote_description?: boolean
      /** The notification that is sent when access is requested. */
      custom_request_notification?: string | null
      risk_sensitivity_override?: RiskSensitivityEnum
      last_successful_sync?: SyncTask
      /** A folder. */
      folder_id?: string
      /** The handle in the remote system. */
      handle?: string
      /** The team in the remote system. */
      team_id?: string
      visibility?: VisibilityTypeEnum
      /** Each a group of this seed. */
      visibility_groups?: string[]
      /** Each a message channel of this seed. */
      message_channels?: string[]
      /** Each a on-call schedule of this seed. */
      on_call_schedules?: string[]
      /** Each a group of this seed. */
      containing_groups?: (
        | string
        | {
            /** The alias of a group. */
            group: string
            /** The level of the access. */
            access_level_remote_id?: string
            /** When the access ends; never if left out. Absolute, or relative to the clock when the seed is applied. */
            expiration_date?: string
            /** The duration that the API shows; the access ends at `expiration_date`. */
            duration_minutes?: number
          }
      )[]
      /** Each a resource of this seed. */
      resources?: (
        | string
        | {
            /** The alias of a resource. */
            resource: string
            /** The level of the access. */
            access_level_remote_id?: string
            /** When the access ends; never if left out. Absolute, or relative to the clock when the seed is applied. */
            expiration_date?: string
          }
      )[]
      /** Each a tag of this seed. */
      tags?: string[]
    }
  >
  /** By alias. */
  apps?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      app_id?: string
      /** The name. */
      name?: string
      /** What it is for. */
      description?: string
      /** The owner who administers it. */
      admin_owner_id?: string
      /** The owner who administers it. Its alias in this seed. */
      admin_owner?: string
      app_type?: AppTypeEnum
      /** The last checks of its connection. */
      validations?: AppValidation[]
    }
  >
  /** By alias. */
  owners?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      owner_id?: string
      /** The name. */
      name?: string
      /** Who that is. */
      description?: string
      /** After how many minutes a request is escalated to the next user. */
      access_request_escalation_period?: number
      /** Where its reviewers are notified. */
      reviewer_message_channel_id?: string
      /** Where its reviewers are notified. Its alias in this seed. */
      reviewer_message_channel?: string
      /** The group whose members are its users. */
      source_group_id?: string
      /** The group whose members are its users. Its alias in this seed. */
      source_group?: string
      /** Each a user of this seed. */
      users?: string[]
    }
  >
  /** By alias. */
  message_channels?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      message_channel_id?: string
      third_party_provider?: MessageChannelProviderEnum
      /** Its id there. */
      remote_id?: string
      /** The name. */
      name?: string
      /** Whether it is private. */
      is_private?: boolean
    }
  >
  /** By alias. */
  on_call_schedules?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      on_call_schedule_id?: string
      third_party_provider?: OnCallScheduleProviderEnum
      /** Its id there. */
      remote_id?: string
      /** The name. */
      name?: string
    }
  >
  /** By alias. */
  tags?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      tag_id?: string
      /** The key. */
      key?: string
      /** The value. */
      value?: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
      /** Who created it. */
      user_creator_id?: string
      /** Who created it. Its alias in this seed. */
      user_creator?: string
    }
  >
  /** By alias. */
  remote_users?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      remote_user_id?: string
      /** The user. */
      user_id?: string
      /** The user. Its alias in this seed. */
      user?: string
      /** The account's id there. */
      remote_id?: string
      third_party_provider?: ThirdPartyProviderEnum
    }
  >
  /** By alias. */
  requests?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      request_id?: string
      /** Who made it. */
      requester_id?: string
      /** Who made it. Its alias in this seed. */
      requester?: string
      /** Who gets the access. */
      target_user_id?: string
      /** Who gets the access. Its alias in this seed. */
      target_user?: string
      /** The group that gets the access. */
      target_group_id?: string
      /** The group that gets the access. Its alias in this seed. */
      target_group?: string
      status?: RequestStatusEnum
      /** Why. */
      reason?: string
      /** How many minutes the access lasts; 0 and -1 never end. */
      duration_minutes?: number
      /** When it was made. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
      /** When it is decided without a reviewer. Absolute, or relative to the clock when the seed is applied. */
      decides_at?: string
      /** How it is decided then. */
      decision?: 'approve' | 'deny'
      /** What is requested. */
      items?: {
        /** The group. */
        group_id?: string
        /** The resource. */
        resource_id?: string
        /** The level. */
        access_level_remote_id: string
        /** Its reviewer stages. */
        stages: {
          operator: 'AND' | 'OR'
          require_manager_approval: boolean
          require_admin_approval?: boolean
          owner_ids: string[]
          service_user_ids?: string[]
          escalation?: { delay_minutes: number; owner_ids?: string[]; user_ids?: string[] }
        }[]
        /** The index of the stage that is being reviewed. */
        current: number
        /** When that stage began. */
        since: string
        /** By stage, who approved. */
        approved_by: string[][]
        /** Who denied it. */
        denied_by?: string
      }[]
      /** Comments, in order. */
      comments?: {
        /** When it was made. */
        created_at: string
        /** Who made it. */
        user_id: string
        /** The text. */
        comment: string
      }[]
      /** A ticket that is about the request. */
      support_ticket?: {
        ticketing_provider: TicketingProviderEnum
        /** The ticket's id there. */
        remote_id: string
        /** What people call the ticket. */
        identifier: string
        /** Where it is shown. */
        url: string
      }
      /** Answers to the fields of a request template. */
      custom_metadata?: {
        /** Which field. */
        name: string
        type: RequestTemplateCustomFieldTypeEnum
        /** Its value. */
        value: string
      }[]
    }
  >
  /** By alias. */
  delegations?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      delegation_id?: string
      /** Whose reviews are delegated. */
      delegator_user_id?: string
      /** Whose reviews are delegated. Its alias in this seed. */
      delegator_user?: string
      /** Who reviews for them. */
      delegate_user_id?: string
      /** Who reviews for them. Its alias in this seed. */
      delegate_user?: string
      /** When it begins. Absolute, or relative to the clock when the seed is applied. */
      start_time?: string
      /** When it ends. Absolute, or relative to the clock when the seed is applied. */
      end_time?: string
      /** Why. */
      reason?: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
    }
  >
  /** By alias. */
  sync_errors?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      sync_error_id?: string
      /** When it first occurred. Absolute, or relative to the clock when the seed is applied. */
      first_seen?: string
      /** When it last occurred. Absolute, or relative to the clock when the seed is applied. */
      last_seen?: string
      /** What went wrong. */
      error_message?: string
      /** The app that was synced. */
      app_id?: string
      /** The app that was synced. Its alias in this seed. */
      app?: string
      /** The resource that was synced. */
      resource_id?: string
      /** The resource that was synced. Its alias in this seed. */
      resource?: string
      /** The group that was synced. */
      group_id?: string
      /** The group that was synced. Its alias in this seed. */
      group?: string
    }
  >
  /** By alias. */
  bundles?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      bundle_id?: string
      /** The name. */
      name?: string
      /** What it is for. */
      description?: string
      /** The owner who administers it. */
      admin_owner_id?: string
      /** The owner who administers it. Its alias in this seed. */
      admin_owner?: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
      visibility?: VisibilityTypeEnum
      /** Each a resource of this seed. */
      resources?: (
        | string
        | {
            /** The alias of a resource. */
            resource: string
            /** The name of the level of the access. */
            access_level_name?: string
            /** The level of the access; empty for the default level. */
            access_level_remote_id?: string
          }
      )[]
      /** Each a group of this seed. */
      groups?: (
        | string
        | {
            /** The alias of a group. */
            group: string
            /** The name of the level of the access. */
            access_level_name?: string
            /** The level of the access; empty for the default level. */
            access_level_remote_id?: string
          }
      )[]
      /** Each a group of this seed. */
      visibility_groups?: string[]
    }
  >
  /** By alias. */
  configuration_templates?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      configuration_template_id?: string
      /** The name. */
      name?: string
      /** The owner who administers it. */
      admin_owner_id?: string
      /** The owner who administers it. Its alias in this seed. */
      admin_owner?: string
      visibility?: VisibilityInfo
      require_mfa_to_approve?: boolean
      require_mfa_to_connect?: boolean
      /** Where changes are posted. */
      linked_audit_message_channel_ids?: string[]
      /** Whose members have access. */
      member_oncall_schedule_ids?: string[]
      /** Who has access in an emergency. */
      break_glass_user_ids?: string[]
      ticket_propagation?: TicketPropagationConfiguration
      /** How access is requested. */
      request_configurations?: RequestConfiguration[]
      /** What is sent on a request. */
      custom_request_notification?: string
    }
  >
  /** By alias. */
  group_bindings?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      group_binding_id?: string
      /** The group whose members the others have. */
      source_group_id?: string
      /** The group whose members the others have. Its alias in this seed. */
      source_group?: string
      /** Who created it. */
      created_by_id?: string
      /** Who created it. Its alias in this seed. */
      created_by?: string
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** Each a group of this seed. */
      groups?: string[]
    }
  >
  /** By alias. */
  access_rules?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      access_rule_id?: string
      /** The name. */
      name?: string
      /** What it is for. */
      description?: string
      /** The owner who administers it. */
      admin_owner_id?: string
      /** The owner who administers it. Its alias in this seed. */
      admin_owner?: string
      /** Whether it applies. */
      status?: 'ACTIVE' | 'PAUSED'
      ruleClauses?: RuleClauses
    }
  >
  /** By alias. */
  uars?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      uar_id?: string
      /** The name. */
      name?: string
      reviewer_assignment_policy?: UARReviewerAssignmentPolicyEnum
      /** Whether reviewers are notified. */
      send_reviewer_assignment_notification?: boolean
      /** The time zone of the deadline. */
      time_zone?: string
      /** Whether users review their own access. */
      self_review_allowed?: boolean
      /** When it ends. Absolute, or relative to the clock when the seed is applied. */
      deadline?: string
      /** Whether access ends as soon as it is rejected. */
      instantly_action_reviews?: boolean
      uar_scope?: UARScope
    }
  >
  /** By alias. */
  campaigns?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      campaign_id?: string
      /** The name. */
      name?: string
      status?: CampaignStatusEnum
      /** Whether it is a template for others. */
      is_template?: boolean
      /** When it was created. Absolute, or relative to the clock when the seed is applied. */
      created_at?: string
      /** When it was last changed. Absolute, or relative to the clock when the seed is applied. */
      updated_at?: string
      /** Who created it. */
      created_by_user_id?: string
      /** Who created it. Its alias in this seed. */
      created_by_user?: string
      configuration?: CampaignConfiguration
      /** When it was started. Absolute, or relative to the clock when the seed is applied. */
      started_at?: string
      /** Who started it. */
      started_by_user_id?: string
      /** Who started it. Its alias in this seed. */
      started_by_user?: string
      /** When it was stopped. Absolute, or relative to the clock when the seed is applied. */
      stopped_at?: string
      /** Who stopped it. */
      stopped_by_user_id?: string
      /** Who stopped it. Its alias in this seed. */
      stopped_by_user?: string
      /** When it was ended. Absolute, or relative to the clock when the seed is applied. */
      ended_at?: string
      /** Who ended it. */
      ended_by_user_id?: string
      /** Who ended it. Its alias in this seed. */
      ended_by_user?: string
    }
  >
  /** By alias. */
  sessions?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      connection_id?: string
      /** Who is connected. */
      user_id?: string
      /** Who is connected. Its alias in this seed. */
      user?: string
      /** What they are connected to. */
      resource_id?: string
      /** What they are connected to. Its alias in this seed. */
      resource?: string
      access_level?: ResourceAccessLevel
      /** When it ends. Absolute, or relative to the clock when the seed is applied. */
      expiration_date?: string
    }
  >
  /** By alias. */
  event_streams?: Record<
    string,
    {
      /** The id; derived from the alias if left out. */
      event_stream_id?: string
      /** The name. */
      name?: string
      connection_type?: EventStreamConnectionTypeEnum
      /** Whether events are sent. */
      enabled?: boolean
      /** Where events are posted. */
      webhook_url?: string
      credentials?: WebhookCredentials
    }
  >
  /** Who is in which group. */
  group_users?: {
    /** The group. */
    group: string
    /** The user. */
    user: string
    /** The remote id of one of its levels; the default level if left out. */
    access_level?: string
    /** When the access expires; never if left out. Absolute, or relative to the clock when the seed is applied. */
    expires_at?: string
    /** Null if the access was synced from the remote system. */
    pushed_at?: string | null
    /** The push's own timeline. */
    propagation?: Timeline | null
  }[]
  /** Rules that make calls fail. */
  faults?: FaultRule[]
}

/** An access level of a group. */
export interface GroupAccessLevel {
  /** The display name; empty for the default level. */
  access_level_name: string
  /** The level's id in the remote system; empty for the default level. */
  access_level_remote_id: string
}

/** How far the last change has been propagated to the remote system. */
export interface PropagationStatus {
  status: PropagationStatusEnum
}

/** To whom a request configuration applies. */
export interface Condition {
  /** Groups to whose members it applies. */
  group_ids?: string[]
  /** Levels to which it applies. */
  role_remote_ids?: string[]
}

/** One stage of review. */
export interface ReviewerStage {
  require_manager_approval: boolean
  require_admin_approval?: boolean
  operator: 'AND' | 'OR'
  /** Owners who review. */
  owner_ids: string[]
  /** Service users who review. */
  service_user_ids?: string[]
  escalation?: ReviewerStageEscalation
  /** The number of the stage; Opal shows it without documenting it. */
  stage?: number
}

/** The engine. */
export type RDSEngineEnum = 'MYSQL' | 'POSTGRESQL'

/** The kind of what it is about. */
export type RolePermissionTargetTypeEnum =
  'RESOURCE' | 'CONNECTION' | 'GROUP' | 'BUNDLE' | 'USER' | 'ACCESS_REVIEW' | 'OWNER'

/** What it permits. */
export type RolePermissionNameEnum =
  | 'READ'
  | 'READ_ASSIGNMENTS'
  | 'CREATE'
  | 'IMPORT'
  | 'EXPORT'
  | 'SYNC'
  | 'DELETE'
  | 'READ_SETTINGS'
  | 'EDIT_TAGS'
  | 'EDIT_SETTINGS'
  | 'EDIT_SYNC_SETTINGS'
  | 'EDIT_ASSIGNMENTS'
  | 'EDIT_REQUEST_CONFIGURATIONS'
  | 'EDIT_EVENT_STREAM'
  | 'ASSIGN_UAR_REVIEWERS'
  | 'SEND_REMINDERS'
  | 'STOP'
  | 'REQUEST_ON_BEHALF'
  | 'RESET_MFA'

/** How bad a failure is. */
export type AppValidationSeverityEnum = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW'

/** Whether it passed. */
export type AppValidationStatusEnum = 'SUCCESS' | 'FAILED'

/** The kind of credentials. */
export type WebhookAuthTypeEnum = 'NONE' | 'API_KEY' | 'HMAC'

/** A key that is sent with each event. */
export interface WebhookApiKeyCredential {
  /** The credential. */
  id: string
  /** The name of the header or parameter. */
  name: string
  /** Its value. */
  value: string
  location: WebhookApiKeyLocationEnum
}

/** A secret that events are signed with. */
export interface WebhookHmacCredential {
  /** The credential. */
  id: string
  /** What events are signed with. */
  secret: string
  /** When it was created. */
  created_at: string
}

/** Applies if all of its parts do. */
export interface RuleConjunction {
  /** All of these must apply. */
  clauses: RuleDisjunction[]
}

/** What has a tag. */
export interface TagFilter {
  /** The key. */
  key: string
  /** The value. */
  value?: string
}

/** Selects access. */
export interface OpalAccessPathQueryBody {
  principalFilter?: AccessEntityFilters
  entitlementFilter?: AccessEntityFilters
  principalAccessFilters?: AccessRelationshipFilters
  entitlementAccessFilters?: AccessRelationshipFilters
  /** The levels. */
  accessLevelRemoteIds?: string[]
  /** The names of the levels. */
  accessLevelNames?: string[]
  edgeFilter?: OpalAccessPathEdgeFilter
}

/** When rejected access ends. */
export type CampaignRevokeOnEnum = 'ACTION' | 'END' | 'NONE'

/** What reviewers see of groups. */
export type CampaignGroupAssetVisibilityPolicyEnum = 'STRICT' | 'VIEW_VISIBLE_AND_ASSIGNED' | 'VIEW_ALL'

/** How far the change has been propagated to the remote system. */
export type PropagationStatusEnum =
  | 'SUCCESS'
  | 'ERR_REMOTE_INTERNAL_ERROR'
  | 'ERR_REMOTE_USER_NOT_FOUND'
  | 'ERR_REMOTE_USER_NOT_LINKED'
  | 'ERR_REMOTE_RESOURCE_NOT_FOUND'
  | 'ERR_REMOTE_THROTTLE'
  | 'ERR_NOT_AUTHORIZED_TO_QUERY_RESOURCE'
  | 'ERR_REMOTE_PROVISIONING_VIA_IDP_FAILED'
  | 'ERR_IDP_EMAIL_UPDATE_CONFLICT'
  | 'ERR_TIMEOUT'
  | 'ERR_UNKNOWN'
  | 'ERR_OPAL_INTERNAL_ERROR'
  | 'ERR_ORG_READ_ONLY'
  | 'ERR_OPERATION_UNSUPPORTED'
  | 'PENDING'
  | 'PENDING_MANUAL_PROPAGATION'
  | 'PENDING_TICKET_CREATION'
  | 'ERR_TICKET_CREATION_SKIPPED'
  | 'ERR_DRY_RUN_MODE_ENABLED'
  | 'ERR_HR_IDP_PROVIDER_NOT_LINKED'
  | 'ERR_REMOTE_UNRECOVERABLE_ERROR'
  | 'ERR_REMOTE_TICKET_NOT_FOUND'
  | 'ERR_CONNECTION_VALIDATION_FAILED'

/** To whom a review is escalated, and after how long. */
export interface ReviewerStageEscalation {
  delay_minutes: number
  /** Owners to whom the review is escalated. */
  owner_ids?: string[]
  /** Users to whom the review is escalated. */
  user_ids?: string[]
}

/** Where it is sent. */
export type WebhookApiKeyLocationEnum = 'HEADER' | 'QUERY_PARAM'

/** Applies if one of its parts does. */
export interface RuleDisjunction {
  /** One of these must apply. */
  selectors: TagSelector[]
  attribute_selectors?: UserAttributeSelector[]
}

/** Selects users, groups and resources. */
export interface AccessEntityFilters {
  entityTypes?: ('RESOURCE' | 'GROUP' | 'USER')[]
  entityItemTypes?: EntityItemTypeEnum[]
  entityName?: EntityNameFilter
  entityTag?: EntityTagFilter
  hrIdpStatus?: IdpStatusFilter
  entityAdminOwner?: EntityAdminFilter
  /** What is selected. */
  entityIDs?: string[]
  /** The apps that it is from. */
  importedFromApp?: string[]
  /** The levels. */
  roleRemoteIds?: string[]
  /** The names of the levels. */
  roleNames?: string[]
  allOf?: AccessEntityFilters[]
  anyOf?: AccessEntityFilters[]
  not?: Record<string, unknown>
}

/** Selects by access. */
export interface AccessRelationshipFilters {
  isAccessibleBy?: AccessEntityFilters
  hasAccessTo?: AccessEntityFilters
}

/** Selects by the kind of access. */
export interface OpalAccessPathEdgeFilter {
  /** Only direct access. */
  directOnly?: boolean
  accessDurationType?: 'EXPIRING_ONLY' | 'PERMANENT_ONLY'
}

/** Selects users with a tag. */
export interface TagSelector {
  /** The key of the tag. */
  key: string
  /** Its value. */
  value: string
  /** The app that the tag is from. */
  connection_id: string
}

/** Selects users by an attribute. */
export interface UserAttributeSelector {
  /** The attribute. */
  attribute: 'HR_IDP_STATUS'
  /** One of these values. */
  values: string[]
}

/** The kind of user, group or resource. */
export type EntityItemTypeEnum =
  | 'USER'
  | 'SERVICE_USER'
  | 'ACTIVE_DIRECTORY_GROUP'
  | 'AWS_SSO_GROUP'
  | 'DUO_GROUP'
  | 'GIT_HUB_TEAM'
  | 'GIT_LAB_GROUP'
  | 'GOOGLE_GROUPS_GROUP'
  | 'GOOGLE_GROUPS_GKE_GROUP'
  | 'LDAP_GROUP'
  | 'OKTA_GROUP'
  | 'OKTA_GROUP_RULE'
  | 'TAILSCALE_GROUP'
  | 'TWINGATE_GROUP'
  | 'TWINGATE_GROUP_SYNCED'
  | 'OPAL_GROUP'
  | 'OPAL_ACCESS_RULE'
  | 'AZURE_AD_SECURITY_GROUP'
  | 'AZURE_AD_MICROSOFT_365_GROUP'
  | 'CONNECTOR_GROUP'
  | 'SNOWFLAKE_ROLE'
  | 'WORKDAY_USER_SECURITY_GROUP'
  | 'DATABRICKS_ACCOUNT_GROUP'
  | 'AWS_IAM_ROLE'
  | 'AWS_EC2_INSTANCE'
  | 'AWS_EKS_CLUSTER'
  | 'AWS_RDS_POSTGRES_INSTANCE'
  | 'AWS_RDS_POSTGRES_CLUSTER'
  | 'AWS_RDS_MYSQL_INSTANCE'
  | 'AWS_RDS_MYSQL_CLUSTER'
  | 'AWS_ACCOUNT'
  | 'AWS_SSO_PERMISSION_SET'
  | 'AZURE_MANAGEMENT_GROUP'
  | 'AZURE_RESOURCE_GROUP'
  | 'AZURE_SUBSCRIPTION'
  | 'AZURE_VIRTUAL_MACHINE'
  | 'AZURE_STORAGE_ACCOUNT'
  | 'AZURE_STORAGE_CONTAINER'
  | 'AZURE_SQL_SERVER'
  | 'AZURE_SQL_MANAGED_INSTANCE'
  | 'AZURE_SQL_DATABASE'
  | 'AZURE_SQL_MANAGED_DATABASE'
  | 'AZURE_USER_ASSIGNED_MANAGED_Identity'
  | 'AZURE_ENTRA_ID_ROLE'
  | 'AZURE_ENTERPRISE_APP'
  | 'CUSTOM'
  | 'CUSTOM_CONNECTOR'
  | 'GCP_ORGANIZATION'
  | 'GCP_BUCKET'
  | 'GCP_COMPUTE_INSTANCE'
  | 'GCP_BIG_QUERY_DATASET'
  | 'GCP_BIG_QUERY_TABLE'
  | 'GCP_FOLDER'
  | 'GCP_GKE_CLUSTER'
  | 'GCP_PROJECT'
  | 'GCP_CLOUD_SQL_POSTGRES_INSTANCE'
  | 'GCP_CLOUD_SQL_MYSQL_INSTANCE'
  | 'GCP_SERVICE_ACCOUNT'
  | 'GIT_HUB_REPO'
  | 'GIT_HUB_ORG_ROLE'
  | 'GIT_LAB_PROJECT'
  | 'GOOGLE_WORKSPACE_ROLE'
  | 'MONGO_INSTANCE'
  | 'MONGO_ATLAS_INSTANCE'
  | 'OKTA_APP'
  | 'OKTA_ROLE'
  | 'OPAL_ROLE'
  | 'OPAL_SCOPED_ROLE'
  | 'PAGERDUTY_ROLE'
  | 'TAILSCALE_SSH'
  | 'TWINGATE_RESOURCE'
  | 'SALESFORCE_PERMISSION_SET'
  | 'SALESFORCE_PROFILE'
  | 'SALESFORCE_ROLE'
  | 'SNOWFLAKE_DATABASE'
  | 'SNOWFLAKE_SCHEMA'
  | 'SNOWFLAKE_TABLE'
  | 'WORKDAY_ROLE'
  | 'MYSQL_INSTANCE'
  | 'MARIADB_INSTANCE'
  | 'POSTGRES_INSTANCE'
  | 'TELEPORT_ROLE'
  | 'DATABRICKS_ACCOUNT_SERVICE_PRINCIPAL'
  | 'ILEVEL_ADVANCED_ROLE'

/** Selects by name. */
export interface EntityNameFilter {
  stringMatchType: StringMatchType
  /** What it is compared with. */
  string: string
}

/** Selects by tag. */
export interface EntityTagFilter {
  /** The key. */
  key: string
  /** The value. */
  value?: string
  /** The app that the tag is from. */
  connectionId?: string
}

/** Selects users by their status. */
export interface IdpStatusFilter {
  statuses?: UserHrIdpStatusEnum[]
  /** Selects the others. */
  not?: boolean
}

/** Selects by owner. */
export interface EntityAdminFilter {
  /** The owners. */
  ownerIDs: string[]
  /** Selects the others. */
  not?: boolean
}

/** How the name is compared. */
export type StringMatchType = 'CONTAINS' | 'EQUALS' | 'STARTS_WITH' | 'ENDS_WITH'

/** The user's status in the HR identity provider. */
export type UserHrIdpStatusEnum = 'ACTIVE' | 'SUSPENDED' | 'DEPROVISIONED' | 'DELETED' | 'NOT_FOUND'
