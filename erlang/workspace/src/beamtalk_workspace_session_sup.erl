%% @doc Supervises the sessions. A session that ends is gone: its client opens another.
-module(beamtalk_workspace_session_sup).
-behaviour(supervisor).

-export([start_link/0, start_session/2, sessions/0, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

%% @doc Starts a session whose output goes to the client.
-spec start_session(pid(), map()) -> {ok, pid()} | {error, term()}.
start_session(Client, Options) ->
    case supervisor:start_child(?MODULE, [Client, Options]) of
        {ok, Pid} -> {ok, Pid};
        {error, Reason} -> {error, Reason};
        Other -> {error, Other}
    end.

%% @doc The processes of all open sessions.
-spec sessions() -> [pid()].
sessions() ->
    [Pid || {_, Pid, _, _} <- supervisor:which_children(?MODULE), is_pid(Pid)].

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    Flags = #{strategy => simple_one_for_one, intensity => 100, period => 1},
    Session = #{id => session,
                start => {beamtalk_workspace_session, start_link, []},
                restart => temporary,
                shutdown => 2000},
    {ok, {Flags, [Session]}}.
