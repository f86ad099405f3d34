%% @doc Top supervisor of the runtime. The registry owns the tables of classes, extensions,
%% living actors and class state; the store those of futures' results. Announcements have
%% a server that keeps subscriptions and one that tells what happens in the node.
-module(beamtalk_runtime_sup).
-behaviour(supervisor).

-export([start_link/0, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    Flags = #{strategy => one_for_one, intensity => 5, period => 10},
    {ok,
        {Flags, [
            #{id => beamtalk_registry, start => {beamtalk_registry, start_link, []}},
            #{id => beamtalk_future_store, start => {beamtalk_future_store, start_link, []}},
            #{id => beamtalk_subscriptions, start => {beamtalk_subscriptions, start_link, []}},
            #{id => beamtalk_system_announcer, start => {beamtalk_system_announcer, start_link, []}}
        ]}}.
