%% @doc Makes a fresh `erl' a workspace node: `-s beamtalk_workspace_node'. What it is told comes in
%% the environment: `BEAMTALK_RECORD', the folder of its record; `BEAMTALK_NODES', the folder with
%% the ports of nodes; `BEAMTALK_USER_HOME', the home of its user (HOME itself is the folder with the
%% cookie while the node starts); `BEAMTALK_IDLE', seconds without a client until it
%% stops, or two numbers: before the first client and after one.
-module(beamtalk_workspace_node).

-export([start/0, stop/0, keep_deep_traces/0]).

-define(LOOK, 1000).

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
            watch(idle_limit(), erlang:monotonic_time(second))
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

%% A client is a hidden node; other nodes of a cluster keep a workspace as well.
watch(infinity, _Since) ->
    timer:sleep(infinity);
watch({Limit, After} = Limits, Since) ->
    timer:sleep(?LOOK),
    Now = erlang:monotonic_time(second),
    case nodes(connected) of
        [] when Now - Since >= Limit ->
            logger:notice("No client for ~b seconds: the workspace stops", [Limit]),
            stop();
        [] -> watch(Limits, Since);
        _ -> watch({After, After}, Now)
    end.
