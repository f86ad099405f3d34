%% @doc A toolchain of this node's own, for compile requests while none is attached: the executable
%% that started the node, opened as a port. It attaches as any toolchain does, ends with its standard
%% input, and is let go when nothing was asked for a while. `BEAMTALK_TOOLCHAIN' names the program
%% and its arguments, a line each.
-module(beamtalk_workspace_port).
-behaviour(gen_server).

-export([start_link/0, ensure/1, used/0, attached/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(IDLE, 600000).
-define(LINES, 10).

-record(state, {folder :: file:filename(),
                port = none :: none | port(),
                waiting = [] :: [gen_server:from()],
                lines = [] :: [binary()],
                %% Whether what runs has been attached: then it ended later, and not because it cannot start.
                served = false :: boolean(),
                used = 0 :: integer()}).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Waits until a toolchain is attached, starting one if need be; or says why there is none.
-spec ensure(pos_integer()) -> ok | {error, not_available | timeout | {ended, binary()}}.
ensure(Timeout) ->
    try gen_server:call(?MODULE, ensure, Timeout)
    catch
        exit:{timeout, _} -> {error, timeout};
        exit:{noproc, _} -> {error, not_available}
    end.

%% @doc Something was asked of a toolchain.
-spec used() -> ok.
used() ->
    gen_server:cast(?MODULE, used).

%% @doc A toolchain has attached.
-spec attached() -> ok.
attached() ->
    gen_server:cast(?MODULE, attached).

-spec init([]) -> {ok, #state{}}.
init([]) ->
    {ok, Folder} = file:get_cwd(),
    {ok, #state{folder = Folder}}.

-spec handle_call(ensure, gen_server:from(), #state{}) -> {reply, term(), #state{}} | {noreply, #state{}}.
handle_call(ensure, From, #state{port = none} = State) ->
    case command() of
        {Program, Arguments} -> opened(Program, Arguments, From, State);
        none -> {reply, {error, not_available}, State}
    end;
handle_call(ensure, From, #state{waiting = Waiting} = State) ->
    {noreply, State#state{waiting = [From | Waiting]}}.

command() ->
    case string:split(os:getenv("BEAMTALK_TOOLCHAIN", ""), "\n", all) of
        [""] -> none;
        [Program | Arguments] -> {Program, Arguments ++ ["workspace", "serve"]}
    end.

opened(Program, Arguments, From, State) ->
    case serves() of
        {ok, Serves, Said} -> opened(Program, Arguments, Serves, Said, From, State);
        {error, Reason} ->
            Why = iolist_to_binary(io_lib:format("distribution does not start: ~0tp", [Reason])),
            {reply, {error, {ended, Why}}, State}
    end.

%% What the toolchain is told: one finds a workspace by its record, the node of a program that has
%% none by what it is told on its standard input.
serves() ->
    case os:getenv("BEAMTALK_RECORD") of
        false ->
            case distributed() of
                ok ->
                    Port = integer_to_list(beamtalk_workspace_epmd:listening_port()),
                    Cookie = atom_to_list(erlang:get_cookie()),
                    {ok, "program", [atom_to_list(node()), $ , Port, $ , Cookie, $\n]};
                {error, Reason} -> {error, Reason}
            end;
        _ -> {ok, false, []}
    end.

%% A program's node is no part of distribution until it has to be. It listens on the loopback
%% interface only; until it has a cookie of its own nobody knows of it, and who came before is not
%% kept.
distributed() ->
    case {is_alive(), beamtalk_workspace_epmd:listening_port()} of
        {true, undefined} -> {error, no_known_port};
        {true, _} -> ok;
        {false, _} ->
            Name = list_to_atom("program_" ++ os:getpid() ++ "@127.0.0.1"),
            case net_kernel:start([Name, longnames]) of
                {ok, _} ->
                    true = erlang:set_cookie(binary_to_atom(binary:encode_hex(secret()))),
                    _ = [erlang:disconnect_node(Node) || Node <- nodes(connected)],
                    ok;
                {error, Reason} -> {error, Reason}
            end
    end.

%% An Erlang without its crypto application has no better random numbers.
secret() ->
    try crypto:strong_rand_bytes(24)
    catch error:_ -> rand:bytes(24)
    end.

opened(Program, Arguments, Serves, Said, From, #state{folder = Folder} = State) ->
    Environment = [{"BEAMTALK_SERVES", Serves}
                   | [{Name, false} || Name <- ["BEAMTALK_RECORD", "BEAMTALK_NODES", "BEAMTALK_IDLE"]]],
    try open_port({spawn_executable, Program},
                  [{args, Arguments}, {cd, Folder}, {env, Environment}, {line, 1000},
                   binary, exit_status, stderr_to_stdout, use_stdio, hide]) of
        Port ->
            _ = Said =:= [] orelse port_command(Port, Said),
            erlang:send_after(?IDLE, self(), look),
            {noreply, State#state{port = Port, waiting = [From], lines = [], served = false, used = now_ms()}}
    catch
        error:Reason -> {reply, {error, {ended, iolist_to_binary(io_lib:format("~ts: ~tp", [Program, Reason]))}}, State}
    end.

now_ms() ->
    erlang:monotonic_time(millisecond).

-spec handle_cast(used | attached, #state{}) -> {noreply, #state{}}.
handle_cast(used, State) ->
    {noreply, State#state{used = now_ms()}};
handle_cast(attached, #state{waiting = Waiting} = State) ->
    _ = [gen_server:reply(From, ok) || From <- Waiting],
    {noreply, State#state{waiting = [], served = true}}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({Port, {data, {_, Line}}}, #state{port = Port, lines = Lines} = State) ->
    logger:info("The toolchain of this node says: ~ts", [Line]),
    {noreply, State#state{lines = lists:sublist([Line | Lines], ?LINES)}};
handle_info({Port, {exit_status, _}}, #state{port = Port, served = true, waiting = Waiting} = State) ->
    {noreply, lists:foldl(fun started_again/2, State#state{port = none, waiting = []}, Waiting)};
handle_info({Port, {exit_status, Status}}, #state{port = Port, waiting = Waiting, lines = Lines} = State) ->
    Why = iolist_to_binary([io_lib:format("it ended with ~b", [Status]),
                            [[<<"; ">>, Line] || Line <- lists:reverse(Lines)]]),
    _ = [gen_server:reply(From, {error, {ended, Why}}) || From <- Waiting],
    {noreply, State#state{port = none, waiting = []}};
handle_info(look, #state{port = none} = State) ->
    {noreply, State};
handle_info(look, #state{port = Port, used = Used} = State) ->
    case now_ms() - Used >= ?IDLE of
        true ->
            true = port_close(Port),
            {noreply, State#state{port = none}};
        false ->
            erlang:send_after(?IDLE, self(), look),
            {noreply, State}
    end;
handle_info(_Other, State) ->
    {noreply, State}.

%% Who asked after it had ended and before that was known is to have another one.
started_again(From, State) ->
    case handle_call(ensure, From, State) of
        {noreply, New} -> New;
        {reply, Answer, New} ->
            gen_server:reply(From, Answer),
            New
    end.
