%% @doc Makes a fresh `erl' a workspace node: `-s beamtalk_workspace_node'. What it is told comes in
%% the environment: `BEAMTALK_RECORD', the folder of its record; `BEAMTALK_NODES', the folder with
%% the ports of nodes; `BEAMTALK_USER_HOME', the home of its user (HOME itself is the folder with the
%% cookie while the node starts); `BEAMTALK_IDLE', seconds without a client until it
%% stops, or two numbers: before the first client and after one. A client of a cluster is one of all its
%% nodes: none stops while another is used.
-module(beamtalk_workspace_node).

-export([start/0, stop/0, keep_deep_traces/0, unused/0]).

-define(LOOK, 1000).
%% How long another node is waited for that is asked whether it is used.
-define(ASK_LIMIT, 2000).

%% @doc Starts the applications, writes the record, and from then on watches for idleness.
-spec start() -> ok.
start() ->
    spawn(fun run/0),
    ok.

run() ->
    process_flag(trap_exit, true),
    restore_home(),
    try
        keep_deep_traces(),
        {ok, _} = application:ensure_all_started(beamtalk_runtime),
        {ok, _} = application:ensure_all_started(beamtalk_workspace),
        write_record()
    of
        ok ->
            register(?MODULE, self()),
            Now = erlang:monotonic_time(second),
            ok = application:set_env(beamtalk_workspace, used, Now),
            watch(idle_limit(), Now)
    catch
        Class:Reason:Stack ->
            logger:error("The workspace does not start: ~tp:~tp ~tp", [Class, Reason, Stack]),
            record("failed", io_lib:format("~tp:~tp~n~tp", [Class, Reason, Stack])),
            init:stop(1)
    end.

%% @doc Lets errors keep more frames than Erlang's eight, which the library's blocks soon fill.
-spec keep_deep_traces() -> ok.
keep_deep_traces() ->
    _ = erlang:system_flag(backtrace_depth, 32),
    ok.

%% @doc Ends the node in good order.
-spec stop() -> ok.
stop() ->
    beamtalk_workspace_epmd:forget(),
    _ = file:delete(record_file("ready")),
    init:stop().

restore_home() ->
    case os:getenv("BEAMTALK_USER_HOME") of
        false -> ok;
        Home -> os:putenv("HOME", Home)
    end,
    os:unsetenv("BEAMTALK_USER_HOME"),
    ok.

write_record() ->
    Port = beamtalk_workspace_epmd:listening_port(),
    ok = write_whole(filename:join(beamtalk_workspace_epmd:folder(), atom_to_list(node())),
                     unicode:characters_to_binary([integer_to_list(Port), $\n, os:getenv("BEAMTALK_RECORD"), $\n])),
    record("ready", io_lib:format("~ts ~b ~ts ~ts", [node(), Port, os:getpid(),
                                                    erlang:system_info(otp_release)])).

record(Name, Text) ->
    write_whole(record_file(Name), unicode:characters_to_binary(Text)).

record_file(Name) ->
    filename:join(os:getenv("BEAMTALK_RECORD"), Name).

write_whole(File, Content) ->
    Temporary = File ++ ".new",
    ok = file:write_file(Temporary, Content),
    ok = file:change_mode(Temporary, 8#600),
    ok = file:rename(Temporary, File).

idle_limit() ->
    case os:getenv("BEAMTALK_IDLE") of
        false -> infinity;
        "never" -> infinity;
        Seconds ->
            Limits = [list_to_integer(Limit) || Limit <- string:lexemes(Seconds, " ")],
            {hd(Limits), lists:last(Limits)}
    end.

watch(infinity, _Since) ->
    timer:sleep(infinity);
watch({Limit, After} = Limits, Since) ->
    timer:sleep(?LOOK),
    Now = erlang:monotonic_time(second),
    case nodes(hidden) of
        [] when Now - Since >= Limit ->
            case lists:any(fun(Node) -> is_used(Node, Limit) end, nodes(connected)) of
                false ->
                    logger:notice("No client for ~b seconds: the workspace stops", [Limit]),
                    stop();
                true -> watch(Limits, Since)
            end;
        [] -> watch(Limits, Since);
        _ ->
            ok = application:set_env(beamtalk_workspace, used, Now),
            watch({After, After}, Now)
    end.

%% A node that has nothing to say of it is somebody's who uses this one.
is_used(Node, Limit) ->
    try erpc:call(Node, ?MODULE, unused, [], ?ASK_LIMIT) < Limit
    catch _:_ -> true
    end.

%% @doc For how many seconds this node had no client of its own.
-spec unused() -> non_neg_integer().
unused() ->
    {ok, Used} = application:get_env(beamtalk_workspace, used),
    erlang:monotonic_time(second) - Used.
