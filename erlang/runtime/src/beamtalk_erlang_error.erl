%% @doc Raw Erlang errors, exits and throws as exceptions with a class, a kind and a message.
-module(beamtalk_erlang_error).

-export([exception/3]).

%% The exception for a caught class, reason and stack; its own stack trace is not filled in.
-spec exception(error | exit | throw, term(), [term()]) -> beamtalk_exception:exception().
exception(error, Reason, Stack) -> error_exception(Reason, Stack);
exception(exit, Reason, _Stack) -> exit_exception(Reason);
exception(throw, {'$bt_return', Token, Value}, _Stack) -> beamtalk_block:gone_away(Token, Value);
exception(throw, Value, _Stack) ->
    make(erlang_throw, nil, [<<"Uncaught throw: ">>, brief(Value)], nil, Value).

%%% error:Reason

error_exception(badarith, Stack) -> arithmetic(Stack);
error_exception(badarg, Stack) ->
    erlang_type_error([<<"Wrong argument in a call of ">>, call_text(Stack)], badarg, Stack);
error_exception(function_clause, Stack) ->
    erlang_type_error(
        [<<"No clause of ">>, call_text(Stack), <<" fits its arguments">>], function_clause, Stack
    );
error_exception(undef, Stack) -> undefined_function(Stack);
error_exception({badarity, {Fun, Args}}, _Stack) ->
    {arity, Expected} = erlang:fun_info(Fun, arity),
    Message = io_lib:format("block expects ~b but was called with ~b", [Expected, length(Args)]),
    make(arity_mismatch, 'Block', Message, nil, nil);
error_exception({badfun, Block}, _Stack) when is_function(Block) ->
    make(
        dispatch_error,
        'Block',
        [brief(Block), <<" of ">>, atom_to_binary(element(2, erlang:fun_info(Block, module))),
            <<" is of code that has been replaced twice since, and is gone">>],
        <<"make the block anew">>,
        nil
    );
error_exception({badfun, Term}, _Stack) ->
    make(type_error, class_name(Term), [brief(Term), <<" is not a block">>], nil, Term);
error_exception({badmap, Term}, _Stack) ->
    make(type_error, class_name(Term), [<<"Expected a Dictionary, got ">>, brief(Term)], nil, Term);
error_exception({badkey, Key}, _Stack) ->
    make(key_not_found, 'Dictionary', [<<"Key not found: ">>, brief(Key)], nil, Key);
error_exception({badmatch, Term}, _Stack) -> no_match(Term);
error_exception({case_clause, Term}, _Stack) -> no_match(Term);
error_exception({try_clause, Term}, _Stack) -> no_match(Term);
error_exception(if_clause, _Stack) ->
    make(match_error, nil, <<"No branch is true">>, nil, nil);
error_exception({badrecord, Term}, _Stack) ->
    beam(type_error, [<<"Wrong record: ">>, brief(Term)], {badrecord, Term});
error_exception(system_limit, Stack) ->
    beam(erlang_error, [<<"A limit of the Erlang system is reached in ">>, call_text(Stack)], system_limit);
error_exception(noproc, _Stack) ->
    make(actor_dead, nil, <<"The process is not alive">>, nil, noproc);
error_exception(timeout, _Stack) ->
    make(timeout, nil, <<"Time is up">>, nil, nil);
error_exception({erpc, noconnection}, _Stack) ->
    make(node_down, nil, <<"The node cannot be reached">>, nil, noconnection);
error_exception({erpc, timeout}, _Stack) ->
    make(timeout, nil, <<"No answer from the node in time; the call may or may not have happened">>, nil, nil);
error_exception({exception, Reason, Stack}, _) when is_list(Stack) ->
    beamtalk_exception:from(error, Reason, Stack);
error_exception(Reason, _Stack) ->
    beam(erlang_error, [<<"Erlang error: ">>, brief(Reason)], Reason).

no_match(Term) ->
    make(match_error, class_name(Term), [<<"No pattern matches ">>, brief(Term)], nil, Term).

arithmetic([{_, Operator, [_, Zero], _} | _]) when
    Zero == 0, (Operator =:= '/' orelse Operator =:= 'div' orelse Operator =:= 'rem')
->
    zero_divide(selector_of(Operator));
arithmetic([{_, Operator, Args, _} | _]) when is_list(Args) ->
    case [Arg || Arg <- Args, not is_number(Arg)] of
        [] ->
            make(badarith, number_class(Args), selector_of(Operator), <<"Bad arithmetic: no result in range">>, nil, nil);
        [Bad | _] ->
            make(
                type_error,
                number_class(Args),
                selector_of(Operator),
                [
                    atom_to_binary(number_class(Args)), <<">>">>,
                    atom_to_binary(selector_of(Operator)), <<" expects a Number, got ">>,
                    atom_to_binary(class_name(Bad))
                ],
                nil,
                Bad
            )
    end;
%% The emulator does not say which operation of a function failed. Compiled methods test for numbers
%% before they calculate, so that a division by zero is what is left.
arithmetic(_) ->
    zero_divide(nil).

zero_divide(Selector) ->
    beamtalk_exception:make(
        'bt@stdlib@ZeroDivide', badarith, 'Integer', Selector, <<"Division by zero">>, nil, nil
    ).

selector_of('div') -> 'div:';
selector_of('rem') -> '%';
selector_of(Operator) -> Operator.

number_class([A | _]) when is_float(A) -> 'Float';
number_class([A | _]) when is_integer(A) -> 'Integer';
number_class(_) -> 'Number'.

%% A missing function: of a class that is not there, or of an Erlang module.
undefined_function([{Module, Function, Args, _} | _]) ->
    case is_class_name(Module) andalso code:ensure_loaded(Module) of
        {error, _} -> undefined_class(Module);
        _ -> undefined_erlang(Module, Function, arity(Args))
    end;
undefined_function([{Block, _, _} | _]) when is_function(Block) ->
    missing_block(Block);
undefined_function(_) ->
    beam(erlang_error, <<"Undefined function">>, undef).

%% A block takes only its variables along to another node; its code must be there.
missing_block(Block) ->
    {module, Module} = erlang:fun_info(Block, module),
    (beam(not_found, [<<"The code of the block, ">>, atom_to_binary(Module), <<", is not on the node ">>,
                      atom_to_binary(node())], undef))#{
        hint := <<"Load its class on both nodes; a block that was typed at a prompt runs only where it was typed">>
    }.

is_class_name(Module) -> lists:prefix("bt@", atom_to_list(Module)).

undefined_class(Module) ->
    Name = beamtalk_class:module_class_name(Module),
    make(not_found, Name, [<<"Class '">>, atom_to_binary(Name), <<"' not found">>], nil, nil).

undefined_erlang(Module, Function, Arity) ->
    Name = io_lib:format("~ts:~ts/~b", [Module, Function, Arity]),
    {Message, Hint} =
        case code:ensure_loaded(Module) of
            {module, _} ->
                {[<<"Erlang function ">>, Name, <<" is not defined">>], near_function(Module, Function)};
            {error, _} ->
                {[<<"Erlang module '">>, atom_to_binary(Module), <<"' not found, calling ">>, Name], nil}
        end,
    (beam(does_not_understand, Message, undef))#{
        hint := Hint, selector := Function, receiver_class := 'ErlangModule'
    }.

near_function(Module, Function) ->
    Exports = Module:module_info(exports),
    case [Arity || {Name, Arity} <- Exports, Name =:= Function] of
        [] ->
            case beamtalk_selector:closest(Function, [Name || {Name, _} <- Exports]) of
                none -> nil;
                Near -> iolist_to_binary(io_lib:format("Did you mean ~ts:~ts?", [Module, Near]))
            end;
        Arities ->
            Known = lists:join(", ", [
                io_lib:format("~ts:~ts/~b", [Module, Function, A])
             || A <- lists:sort(Arities)
            ]),
            unicode:characters_to_binary([<<"There is ">>, Known])
    end.

%%% exit:Reason

exit_exception({noproc, {gen_server, call, _}}) ->
    make(actor_dead, nil, <<"The process is not alive">>, nil, noproc);
exit_exception({timeout, {gen_server, call, _}}) ->
    make(timeout, nil, <<"No answer in time; the call may or may not have happened">>, nil, nil);
exit_exception({{nodedown, Node}, _}) ->
    make(node_down, nil, [<<"Node is down: ">>, atom_to_binary(Node)], nil, Node);
exit_exception({exception, Reason}) ->
    exit_exception(Reason);
exit_exception(Reason) ->
    make(erlang_exit, nil, [<<"Erlang exit: ">>, brief(Reason)], nil, Reason).

%%% Making

erlang_type_error(Message, Reason, [{Module, Function, _, _} | _]) ->
    (beam(type_error, Message, Reason))#{selector := Function, receiver_class := Module};
erlang_type_error(Message, Reason, _) ->
    beam(type_error, Message, Reason).

beam(Kind, Message, Details) ->
    beamtalk_exception:make('bt@stdlib@BEAMError', Kind, nil, nil, Message, nil, Details).

make(Kind, ClassName, Message, Hint, Details) ->
    make(Kind, ClassName, nil, Message, Hint, Details).

make(Kind, ClassName, Selector, Message, Hint, Details) ->
    beamtalk_exception:make(Kind, ClassName, Selector, Message, Hint, Details).

call_text([{Module, Function, Args, _} | _]) ->
    io_lib:format("~ts:~ts/~b", [Module, Function, arity(Args)]);
call_text(_) ->
    <<"an Erlang function">>.

arity(Args) when is_list(Args) -> length(Args);
arity(Arity) -> Arity.

class_name(Term) -> beamtalk_class:class_name(Term).

brief(Term) -> beamtalk_print:brief(Term).
