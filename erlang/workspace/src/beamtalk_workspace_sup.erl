%% @doc Supervises what a workspace consists of. Each child can be restarted alone: sessions and
%% the loader keep nothing in one another.
-module(beamtalk_workspace_sup).
-behaviour(supervisor).

-export([start_link/0, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    Flags = #{strategy => one_for_one, intensity => 10, period => 10},
    {ok, {Flags, [
        worker(beamtalk_workspace_globals),
        worker(beamtalk_workspace_memory),
        worker(beamtalk_workspace_port),
        worker(beamtalk_workspace_toolchain),
        worker(beamtalk_workspace_names),
        worker(beamtalk_workspace_changes),
        worker(beamtalk_workspace_loader),
        worker(beamtalk_workspace_cluster),
        #{id => beamtalk_workspace_session_sup,
          start => {beamtalk_workspace_session_sup, start_link, []},
          type => supervisor}
    ]}}.

worker(Module) ->
    #{id => Module, start => {Module, start_link, []}, shutdown => 5000}.
